using BridgeNet.Model;
using BridgeNet.Namespaces;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Engine;

internal sealed partial class BridgeNetEngine
{
    /// <summary>
    /// The write transaction of a change, begun when what processes left that died in the middle of theirs is finished or undone.
    /// That is recorded by itself: were it a part of the change, a change that is refused would take it back.
    /// </summary>
    private IStateTransaction BeginChange(CancellationToken cancellation)
    {
        while (true)
        {
            IStateTransaction state = _store.BeginWriteUnless(cancellation);
            try
            {
                IntentJournal.Entry[] left = [.. _journal.Read()];
                if (left.Length == 0)
                    return state;
                foreach (IntentJournal.Entry entry in left)
                    Recover(state, entry.Intent);
                state.Commit();
                // Whoever comes between finds them once more, which is right too.
                foreach (IntentJournal.Entry entry in left)
                    entry.Erase();
            }
            catch
            {
                state.Dispose();
                throw;
            }
            state.Dispose();
        }
    }

    private void Recover(IStateTransaction state, Intent left)
    {
        bool committed = !left.Removing && left.Rows.Any(id =>
            state.FindNetworkById(id) is not null || state.FindContainerById(id) is not null || state.FindEndpointById(id) is not null);
        if (!committed)
        {
            // A removal is carried to its end, a creation taken back: both mean that these objects go.
            DeleteLinks(left.Links);
            foreach (AdoptedIntent adopted in left.Adopted)
                GiveBack(adopted.Bridge, new AdoptedBridge(adopted.Group, [.. adopted.Added.Select(System.Net.IPAddress.Parse)], adopted.WasDown, adopted.RoutedLoopback, adopted.Mtu));
            foreach ((string key, string value) in left.Sysctls)
                Sysctl.TryWrite(key, value);
            foreach (string path in left.Namespaces)
                NetworkNamespace.Delete(path);
            foreach (string location in left.Files)
                new ContainerFiles(location).Remove();
            // Endpoints first: they refer to the others.
            ForgetEndpoints(state, [.. left.Rows.Select(state.FindEndpointById).OfType<EndpointRow>()]);
            foreach (string id in left.Rows)
            {
                state.DeleteContainer(id);
                state.DeleteNetwork(id);
            }
        }
        foreach (MoveIntent move in left.Moves)
            SettlePath(state, move);
        if (left.Rules)
            Firewall.Rebuild([.. AllRules(state)]);
        Settle(state, left.Settle, left.SettleNetworks);
    }

    /// <summary>Makes the links, default routes and files of containers what the state says; what is missing is not made.</summary>
    private void Settle(IStateReader state, IReadOnlyList<string> containers, IReadOnlyList<string> networks)
    {
        foreach (NetworkRow network in networks.Select(state.FindNetworkById).OfType<NetworkRow>())
        {
            if (network.BridgeName is not { } name || Links.FindLink(name) is not { } bridge)
                continue;
            if (bridge.Mtu != network.Mtu && network.Adopted is null or { Mtu: > 0 })
                Links.SetMtu(bridge.Index, network.Mtu);
            if (bridge.Group != GroupOf(network))
                Links.SetGroup(bridge.Index, GroupOf(network));
            RouteLoopback(name, NeedsLoopback(network, state.Endpoints(networkId: network.Id).SelectMany(static endpoint => endpoint.Ports)));
        }
        HashSet<string> concerned = [.. containers, .. networks.SelectMany(id => state.Endpoints(networkId: id)).Select(static endpoint => endpoint.ContainerId)];
        foreach (ContainerRow row in concerned.Select(state.FindContainerById).OfType<ContainerRow>())
        {
            ContainerRow container = Complete(row, state.Endpoints(containerId: row.Id));
            foreach (EndpointRow endpoint in container.Endpoints)
            {
                if (state.FindNetworkById(endpoint.NetworkId) is { } network)
                    SettleLinks(network, endpoint, container.NetNSPath);
            }
            DefaultRoute.Settle(container.NetNSPath, container.Endpoints, container.Endpoints);
        }
        SettleNames(state, concerned);
    }

    /// <summary>The port and the MTU of an endpoint.</summary>
    private void SettleLinks(NetworkRow network, EndpointRow endpoint, string path)
    {
        if (Links.FindLink(endpoint.HostInterface) is not { } port)
            return;
        Links.SetBridgePort(port.Index, isolated: !network.InterContainer, hairpin: NeedsHairpin(endpoint.Ports));
        if (port.Mtu != network.Mtu)
            Links.SetMtu(port.Index, network.Mtu);
        SetAlias(endpoint);
        if (NetworkNamespace.TryOpen(path) is not { } space)
            return;
        using (space)
        using (RtnetlinkConnection inside = space.OpenRtnetlink())
        {
            if (inside.FindLink(endpoint.InterfaceName) is { } link && link.Mtu != network.Mtu)
                inside.SetMtu(link.Index, network.Mtu);
        }
    }

    /// <summary>A container's namespace at the path that the state says, and at no other.</summary>
    private static void SettlePath(IStateReader state, MoveIntent move)
    {
        if (state.FindContainerById(move.ContainerId) is not { } container)
            return;
        string wrong = container.NetNSPath == move.To ? move.From : move.To;
        if (NetworkNamespace.TryOpen(container.NetNSPath) is { } right)
        {
            right.Dispose();
        }
        else if (NetworkNamespace.TryOpen(wrong) is { } elsewhere)
        {
            using (elsewhere)
                elsewhere.Keep(container.NetNSPath);
        }
        NetworkNamespace.Delete(wrong);
    }
}
