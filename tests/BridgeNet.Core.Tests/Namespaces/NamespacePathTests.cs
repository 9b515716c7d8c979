using System.Diagnostics;
using System.Net.Sockets;
using BridgeNet.Containers;
using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Core.Tests.Namespaces;

/// <summary>
/// What may be at the path of a namespace that a user without rights can write to: it is told apart without being opened.
/// </summary>
public sealed class NamespacePathTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly string _root = Directory.CreateTempSubdirectory("bridgenet-paths-").FullName;

    private string Path => System.IO.Path.Combine(_root, "x");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("mkfifo x")]
    [InlineData("mkfifo y; ln -s y x")]
    [InlineData("mkfifo y; ln -s y z; ln -s z x")]
    [InlineData("mkdir x")]
    [InlineData("echo something > x")]
    [InlineData(": > x")]
    [InlineData("ln -s /dev/null x")]
    [InlineData("ln -s /dev/tty x")]
    [InlineData("ln -s /proc/self/ns/mnt x")]
    [InlineData("ln -s x x")]
    [InlineData("ln -s nowhere x")]
    public async Task It_is_no_network_namespace_and_nobody_waits_for_it(string made)
    {
        using (Process shell = Process.Start(new ProcessStartInfo("sh", ["-ec", made]) { WorkingDirectory = _root })!)
            await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        BridgeNetException refused = await Assert.ThrowsAsync<BridgeNetException>(() =>
            Task.Run(() => NetworkNamespace.Open(Path).Dispose(), TestContext.Current.CancellationToken)
                .WaitAsync(s_patience, TestContext.Current.CancellationToken)
        );
        Assert.Equal(ErrorIds.NamespaceFailed, refused.Problems[0].ErrorId);
        Assert.Null(NetworkNamespace.TryOpen(Path));
    }

    [Fact]
    public void A_socket_is_none_either()
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path));
        Assert.Null(NetworkNamespace.TryOpen(Path));
    }

    [Fact]
    public void A_link_to_one_is_one()
    {
        File.CreateSymbolicLink(Path, "/proc/self/ns/net");
        using NetworkNamespace? found = NetworkNamespace.TryOpen(Path);
        Assert.NotNull(found);
    }
}
