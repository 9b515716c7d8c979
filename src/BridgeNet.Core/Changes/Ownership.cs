using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>
/// A state belongs to one network namespace of one boot: in another one its names mean other links, or none.
/// </summary>
/// <param name="host">This namespace.</param>
/// <param name="directory">The state directory.</param>
internal sealed class Ownership(OpenHost host, string directory)
{
    /// <summary>Refuses where two namespaces could get mixed up.</summary>
    /// <returns>True: the state is this namespace's. False: it is free to be claimed.</returns>
    /// <exception cref="BridgeNetException">StateOfOtherNamespace.</exception>
    public bool Require(IStateReader state)
    {
        if (state.Owner() is not { } owner || owner.Namespace.Boot != host.Identity.Boot)
            return false;
        if (owner.Namespace == host.Identity)
            return true;
        bool isGone = owner.Handle is { } handle && PrivateStates.KernelSays()(handle) == false;
        if (isGone || (state.Networks().Count == 0 && state.Containers().Count == 0))
            return false;
        throw new BridgeNetException(
            ErrorIds.StateOfOtherNamespace,
            ProblemCategory.InvalidOperation,
            $"The state {directory} belongs to another network namespace (cookie {owner.Namespace.Cookie}; this one has {host.Identity.Cookie}), where its networks may still exist. "
                + "Name another directory in BRIDGENET_STATE, or take the state over with Repair-BridgeNetwork -TakeOver.",
            directory
        );
    }

    /// <summary>Makes it this namespace's.</summary>
    public void Claim(IStateTransaction state)
    {
        // A state of a version before 0.2 knows no identities; what is there now and looks like ours gets one, once.
        foreach (ContainerRow container in state.Owner() is null ? state.Containers() : [])
        {
            using NetworkNamespace? space = host.Door.TryOpen(container);
            if (space is not null && LooksLike(space, state.Endpoints(containerId: container.Id)))
                state.Put(host.Door.Identify(container, space));
        }
        state.PutOwner(new StateOwner(host.Identity, NamespaceHandle.OfThisThread()));
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
