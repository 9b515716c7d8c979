using Xunit;

namespace BridgeNet.Kernel.Tests.Packets;

/// <summary>Whether bridged packets go through the firewall, in the calling thread's namespace, for a while.</summary>
internal sealed class BridgeNetfilter : IDisposable
{
    private static readonly string[] s_keys = ["net/bridge/bridge-nf-call-iptables", "net/bridge/bridge-nf-call-ip6tables"];

    private readonly string?[] _before = [.. s_keys.Select(Sysctl.Read)];

    /// <param name="value"><c>0</c> or <c>1</c>. A kernel without br_netfilter is one with 0.</param>
    public BridgeNetfilter(string value)
    {
        Assert.SkipWhen(
            value == "1" && _before[0] is null,
            "br_netfilter is not loaded, and a test does not load modules into the machine's kernel"
        );
        foreach (string key in s_keys)
            Sysctl.TryWrite(key, value);
    }

    public void Dispose()
    {
        for (int i = 0; i < s_keys.Length; i++)
        {
            if (_before[i] is { } before)
                Sysctl.TryWrite(s_keys[i], before);
        }
    }
}
