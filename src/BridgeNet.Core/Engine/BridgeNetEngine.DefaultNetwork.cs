using System.Net.Sockets;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Engine;

internal sealed partial class BridgeNetEngine
{
    /// <summary>The kernel's name of the default network's bridge: Docker's, unless Docker, or somebody, has a link of that name.</summary>
    private const string DefaultBridge = "docker0", OtherDefaultBridge = "bridgenet0";

    /// <summary>The predefined network <c>bridge</c>, with the options that Docker shows of it.</summary>
    private NetworkRow PlanDefaultNetwork(IStateReader state)
    {
        string bridge = Links.FindLink(DefaultBridge) is null ? DefaultBridge : OtherDefaultBridge;
        HostRanges ranges = new(Links, Ranges, state, AddressFamily.InterNetwork);
        NetworkRequest request = new(DefaultNetwork)
        {
            Options = new Dictionary<string, string>
            {
                [NetworkOptions.DefaultBridge] = "true",
                [NetworkOptions.EnableIcc] = "true",
                [NetworkOptions.EnableMasquerade] = "true",
                [NetworkOptions.HostBindingIPv4] = "0.0.0.0",
                [NetworkOptions.BridgeName] = bridge,
                [NetworkOptions.Mtu] = $"{DefaultMtu(ranges, ipv6: false)}",
            },
        };
        return WithBridge(state, s_predefined[0] with { Created = DateTimeOffset.UtcNow, Options = request.Options }, request, adopted: null);
    }
}
