using System.Diagnostics;
using BridgeNet.Containers;
using BridgeNet.Native;
using BridgeNet.State;
using Xunit;

namespace BridgeNet.Kernel.Tests.Namespaces;

/// <summary>The state of a namespace lives as long as the namespace, whatever keeps that alive.</summary>
public sealed class PrivateStatesTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private const string States = "/run/bridgenet-states";

    private static readonly string s_boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    [Fact]
    public void It_goes_with_the_namespace() =>
        space.Run(() =>
        {
            (string folder, string name) = NamespaceThread.Run(() =>
            {
                Syscalls.UnshareNet();
                return Make();
            });
            AwaitEnd(name);
            AssertGoes(folder);
        });

    [Fact]
    public void A_process_keeps_it() =>
        space.Run(() =>
        {
            using Process stranger = Process.Start(
                new ProcessStartInfo("unshare", ["--net", "sh", "-c", "echo; exec sleep 1000"]) { RedirectStandardOutput = true }
            )!;
            stranger.StandardOutput.ReadLine();
            (string folder, string name) made;
            using (NetworkNamespace inside = NetworkNamespace.Open($"/proc/{stranger.Id}/ns/net"))
                made = inside.Run(Make);
            AssertStays(made.folder);
            stranger.Kill();
            stranger.WaitForExit();
            AwaitEnd(made.name);
            AssertGoes(made.folder);
        });

    [Fact]
    public void A_mount_keeps_it() =>
        space.Run(() =>
        {
            const string Mount = "/run/netns/kept";
            (string folder, string name) made;
            using (NetworkNamespace inside = NetworkNamespace.Create(Mount))
                made = inside.Run(Make);
            AssertStays(made.folder);
            NetworkNamespace.Delete(Mount);
            AwaitEnd(made.name);
            AssertGoes(made.folder);
        });

    [Fact]
    public void An_open_file_keeps_it() =>
        space.Run(() =>
        {
            (string folder, string name) made;
            using (
                NetworkNamespace inside = NamespaceThread.Run(() =>
                {
                    Syscalls.UnshareNet();
                    return NetworkNamespace.Current();
                })
            )
            {
                made = inside.Run(Make);
                AssertStays(made.folder);
            }
            AwaitEnd(made.name);
            AssertGoes(made.folder);
        });

    [Fact]
    public void The_namespaces_of_its_containers_are_let_go() =>
        space.Run(() =>
        {
            (string folder, string name) = NamespaceThread.Run(() =>
            {
                Syscalls.UnshareNet();
                return Make();
            });
            NetworkNamespace.Create(Path.Combine(folder, "netns/c")).Dispose();
            AwaitEnd(name);
            AssertGoes(folder);
            Assert.DoesNotContain(MountPoint.ReadOwn(), static mount => mount.Target.StartsWith(States, StringComparison.Ordinal));
        });

    private static (string Folder, string Name) Make()
    {
        string folder = $"{States}/{s_boot}-{Syscalls.NetNsCookie()}";
        Assert.SkipUnless(UserNamespace.IsRealRoot, "the kernel says only to root of the machine which namespaces are gone");
        string? name = NamespaceHandle.OfThisThread();
        Assert.SkipWhen(name is null, "the kernel has no file handles of namespaces, as before Linux 6.18");
        PrivateStates.TryHold(folder)!.Dispose();
        Assert.Equal(name, File.ReadAllText($"{folder}/namespace"));
        return (folder, name);
    }

    /// <summary>A thread that has ended for .NET may still be ending in the kernel.</summary>
    private static void AwaitEnd(string name) =>
        Assert.True(SpinWait.SpinUntil(() => NamespaceHandle.Exists(name) == false, TimeSpan.FromSeconds(20)), "the namespace did not end");

    private static void AssertStays(string folder)
    {
        PrivateStates.RemoveGone(States, s_boot);
        Assert.True(File.Exists($"{folder}/namespace"));
    }

    private static void AssertGoes(string folder)
    {
        PrivateStates.RemoveGone(States, s_boot);
        Assert.False(Directory.Exists(folder));
        Assert.Empty(Directory.GetFileSystemEntries(States));
    }
}
