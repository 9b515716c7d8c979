using System.Diagnostics.CodeAnalysis;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>
/// A <see cref="SandboxThread"/> for one test class (<c>IClassFixture</c>) or one test, which says whether a test left something there.
/// </summary>
public sealed class PrivateNamespace : IDisposable
{
    private SandboxThread? _thread;
    private string[] _linksAtStart = [],
        _mountsAtStart = [];
    private string? _broken; // the test that failed or was skipped half-way here

    public PrivateNamespace()
    {
        if (SandboxThread.Refusal is null)
            Begin();
    }

    /// <summary>
    /// Runs a test's body on the namespace's thread; skips the test where that cannot be. What a failed test left does not make the
    /// next one fail too: that has a new namespace.
    /// </summary>
    public void Run(Action body) =>
        Run(() =>
        {
            body();
            return true;
        });

    /// <inheritdoc cref="Run(Action)"/>
    public T Run<T>(Func<T> body)
    {
        Assert.SkipWhen(_thread is null, SandboxThread.Refusal ?? "");
        string? test = TestContext.Current.Test?.UniqueID;
        if (_broken is not null && _broken != test)
        {
            _thread.Dispose();
            _broken = null;
            Begin();
        }
        try
        {
            return _thread.Run(body);
        }
        catch
        {
            _broken = test;
            throw;
        }
    }

    /// <summary>No link but those of an empty namespace, no mount, no namespace file.</summary>
    public void AssertNothingRemains() =>
        Run(() =>
        {
            Assert.Equal(_linksAtStart, Links());
            Assert.Equal(_mountsAtStart, Mounts());
            Assert.Empty(Directory.Exists("/run/netns") ? Directory.GetFiles("/run/netns") : []);
        });

    /// <summary>What is mounted by now is the test's own, and stays to the end.</summary>
    public void KeepMounts() => Run(() => _mountsAtStart = Mounts());

    /// <summary>The names of the links here, sorted.</summary>
    public string[] Links() =>
        Run(() => File.ReadLines("/proc/thread-self/net/dev").Skip(2).Select(line => line.Split(':')[0].Trim()).Order().ToArray());

    public void Dispose() => _thread?.Dispose();

    [MemberNotNull(nameof(_thread))]
    private void Begin()
    {
        _thread = new SandboxThread();
        _linksAtStart = Links();
        KeepMounts();
    }

    // The bind mount of /run/netns on itself stays, as it does after `ip netns add` and `delete`.
    private static string[] Mounts() =>
        [.. File.ReadLines("/proc/thread-self/mountinfo").Select(line => line.Split(' ')[4]).Where(target => target != "/run/netns")];
}
