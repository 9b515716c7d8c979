using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Desired;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Engine;

internal sealed partial class BridgeNetEngine
{
    /// <summary>
    /// The write transaction of a change, begun when what processes left that died in the middle of theirs is finished or undone.
    /// That is recorded by itself: were it a part of the change, a change that is refused would take it back.
    /// </summary>
    private IStateTransaction BeginChange(ChangeContext context)
    {
        while (true)
        {
            IStateTransaction state = _store.BeginWriteUnless(context.Cancellation);
            try
            {
                bool ours = RequireOwner(state);
                ILookup<bool, IntentJournal.Entry> left = _journal.Read().ToLookup(entry => entry.Intent.Host == Host);
                if (ours && left.Count == 0)
                    return state;
                if (!ours)
                    Claim(state);
                foreach (IntentJournal.Entry entry in left[false])
                    SetAside(entry);
                foreach (IntentJournal.Entry entry in left[true])
                    Recover(state, entry.Intent);
                state.Commit();
                // Whoever comes between finds them once more, which is right too.
                foreach (IntentJournal.Entry entry in left[true])
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

    /// <summary>Keeps an entry of another boot or namespace for the admin to read: its names mean other objects here, or none.</summary>
    private void SetAside(IntentJournal.Entry entry)
    {
        bool otherBoot = entry.Intent.Host?.Boot != Host.Boot;
        string aside = entry.SetAside();
        Warn($"A change was interrupted {(otherBoot ? "before the last boot" : "in another network namespace")}. It was not undone here; what it was is kept in {aside}."
            + (otherBoot ? " Repair-BridgeNetwork creates what is missing." : ""));
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
                GiveBack(adopted);
            foreach ((string key, string value) in left.Sysctls)
                Sysctl.TryWrite(key, value);
            foreach (NamespaceIntent kept in left.Namespaces.Where(kept => left.Removing || !IsRecorded(state, kept)))
                Release(kept.Path, kept.Cookie, "that this module created there");
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
            if (network.BridgeName is null || FindBridge(network) is not { } bridge)
                continue;
            if (bridge.Mtu != network.Mtu && network.Adopted is null or { Mtu: > 0 })
                Links.SetMtu(bridge.Index, network.Mtu);
            if (bridge.Group != DesiredRules.Group(network))
                Links.SetGroup(bridge.Index, DesiredRules.Group(network));
            RouteLoopback(bridge.Name, DesiredBridge.RoutesLoopback(network, state.Endpoints(networkId: network.Id).SelectMany(static endpoint => endpoint.Ports)));
        }
        HashSet<string> concerned = [.. containers, .. networks.SelectMany(id => state.Endpoints(networkId: id)).Select(static endpoint => endpoint.ContainerId)];
        foreach (ContainerRow row in concerned.Select(state.FindContainerById).OfType<ContainerRow>())
        {
            ContainerRow container = Complete(row, state.Endpoints(containerId: row.Id));
            using NetworkNamespace? space = Door.TryOpen(container);
            foreach (EndpointRow endpoint in container.Endpoints)
            {
                if (state.FindNetworkById(endpoint.NetworkId) is { } network)
                    SettleLinks(network, endpoint, space);
            }
            SettleDefaultRoute(space, container.Endpoints, container.Endpoints);
        }
        SettleNames(state, concerned);
    }

    /// <summary>The port and the MTU of an endpoint.</summary>
    private void SettleLinks(NetworkRow network, EndpointRow endpoint, NetworkNamespace? space)
    {
        if (FindPort(endpoint) is not { } port)
            return;
        UnlessGone(() =>
        {
            SetPort(port.Index, PortFlags.Of(network, endpoint));
            if (network.AntiSpoof || port.Group != InterfaceGroup.Port)
                CheckSender(port, endpoint, network.AntiSpoof);
            if (port.Mtu != network.Mtu)
                Links.SetMtu(port.Index, network.Mtu);
            SetAlias(endpoint);
        });
        using RtnetlinkConnection? inside = space?.OpenRtnetlink();
        if (inside is not null && FindInside(inside, endpoint) is { } link && link.Mtu != network.Mtu)
            inside.SetMtu(link.Index, network.Mtu);
    }

    /// <summary>A container's namespace at the path that the state says, and at no other; where another one has that path, the state says the other.</summary>
    private void SettlePath(IStateTransaction state, MoveIntent move)
    {
        if (state.FindContainerById(move.ContainerId) is not { NetNS: { } identity } container)
            return;
        string wrong = container.NetNSPath == move.To ? move.From : move.To;
        using (NetworkNamespace? elsewhere = Door.TryOpen(container with { NetNSPath = wrong }))
        {
            try
            {
                elsewhere?.Keep(container.NetNSPath);
            }
            catch (BridgeNetException taken) when (taken.Problems[0].ErrorId == ErrorIds.ContainerExists)
            {
                // What runs there goes on, and the state follows.
                state.Put(container with { NetNSPath = wrong });
                Warn($"The namespace of container '{container.Name}' stays at {wrong}, for another one is at {container.NetNSPath}.");
                return;
            }
        }
        Release(wrong, identity.Cookie, $"of container '{container.Name}'");
    }

    private static bool IsRecorded(IStateReader state, NamespaceIntent kept) =>
        state.Containers().Any(container => container.NetNSPath == kept.Path && container.NetNS?.Cookie == kept.Cookie);
}
