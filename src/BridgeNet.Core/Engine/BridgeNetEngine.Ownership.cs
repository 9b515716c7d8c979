using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Engine;

internal sealed partial class BridgeNetEngine
{
    /// <summary>Takes the state over for this namespace, although the one that it belongs to may still exist with its networks in it.</summary>
    public void TakeOver(ChangeContext context) => Guard(() =>
    {
        using UnderWay underWay = new(this, context);
        using IStateTransaction state = _store.BeginWriteUnless(context.Cancellation);
        Claim(state);
        state.Commit();
        return true;
    });

    /// <summary>
    /// A state belongs to one network namespace of one boot: in another one its names mean other links, or none. Refuses where
    /// the two could get mixed up.
    /// </summary>
    /// <returns>True: it is this namespace's. False: it is free to be claimed.</returns>
    /// <exception cref="BridgeNetException">StateOfOtherNamespace.</exception>
    private bool RequireOwner(IStateReader state)
    {
        if (state.Owner() is not { } owner || owner.Namespace.Boot != Host.Boot)
            return false;
        if (owner.Namespace == Host)
            return true;
        bool isGone = owner.Handle is { } handle && PrivateStates.KernelSays()(handle) == false;
        if (isGone || (state.Networks().Count == 0 && state.Containers().Count == 0))
            return false;
        throw new BridgeNetException(ErrorIds.StateOfOtherNamespace, ProblemCategory.InvalidOperation,
            $"The state {_store.Directory} belongs to another network namespace (cookie {owner.Namespace.Cookie}; this one has {Host.Cookie}), where its networks may still exist. "
            + "Name another directory in BRIDGENET_STATE, or take the state over with Repair-BridgeNetwork -TakeOver.", _store.Directory);
    }

    private void Claim(IStateTransaction state)
    {
        // A state of a version before 0.2 knows no identities; what is there now and looks like ours gets one, once.
        foreach (ContainerRow container in state.Owner() is null ? state.Containers() : [])
        {
            using NetworkNamespace? space = Door.TryOpen(container);
            if (space is not null && LooksLike(space, state.Endpoints(containerId: container.Id)))
                state.Put(Door.Identify(container, space));
        }
        state.PutOwner(new StateOwner(Host, NamespaceHandle.OfThisThread()));
    }

    /// <summary>Whether a namespace has an interface of the container, or the container should have none.</summary>
    private static bool LooksLike(NetworkNamespace space, IReadOnlyList<EndpointRow> endpoints)
    {
        if (endpoints.Count == 0)
            return true;
        using RtnetlinkConnection links = space.OpenRtnetlink();
        return links.GetLinks().Any(link => endpoints.Any(endpoint => endpoint.MacAddress == link.Mac));
    }
}
