using BridgeNet.Changes;
using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Services;

/// <summary>Finds the host settings that a network needs for its packets to be forwarded.</summary>
/// <param name="host">The host.</param>
internal sealed class ForwardingPlanner(OpenHost host)
{
    /// <summary>The host's forwarding settings to enable for a network.</summary>
    public IReadOnlyList<HostSetting> Plan(NetworkRow network, Action<string> warn)
    {
        HostSetting[] off =
        [
            .. host
                .Desired.Drivers.Of(network)
                .Forwarding(network)
                .Where(wanted => host.Machine.Sysctl.Read(wanted.Setting.Key) == wanted.Setting.Otherwise),
        ];
        if (
            off.Any(static wanted => wanted.Setting.Key.StartsWith("net/ipv6", StringComparison.Ordinal))
            && AcceptsAdvertisements() is { Count: > 0 } uplinks
        )
            warn(
                $"IPv6 forwarding is switched on, so {string.Join(", ", uplinks.Select(ShellWord.Of))} will no longer accept router advertisements; set net.ipv6.conf.<interface>.accept_ra=2 where the host needs them."
            );
        return off;
    }

    /// <summary>Interfaces that accept router advertisements only while the host does not forward (accept_ra 1).</summary>
    private IReadOnlyList<string> AcceptsAdvertisements() =>
        [
            .. host
                .Links.GetLinks()
                .Where(link =>
                    link.Up
                    && link.Kind is null
                    && link.Name != "lo"
                    && host.Machine.Sysctl.Read($"net/ipv6/conf/{link.Name}/accept_ra") == "1"
                )
                .Select(static link => link.Name),
        ];
}
