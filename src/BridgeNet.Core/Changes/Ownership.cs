using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>
/// The ownership of a state: it belongs to one network namespace of one boot. In another one, its names mean other links, or none.
/// </summary>
/// <param name="host">This namespace.</param>
/// <param name="directory">The state directory.</param>
internal sealed class Ownership(OpenHost host, string directory)
{
    /// <summary>Refuses a state of another namespace that may still exist.</summary>
    /// <returns>True: the state belongs to this namespace. False: this namespace may claim it.</returns>
    /// <exception cref="BridgeNetException">StateOfOtherNamespace.</exception>
    public bool Require(IStateReader state)
    {
        if (state.Owner() is not { } owner || owner.Namespace.Boot != host.Identity.Boot)
            return false;
        if (owner.Namespace == host.Identity)
            return true;
        bool isGone = owner.Handle is { } handle && host.Machine.Exists(handle) == false;
        if (isGone || (state.Networks().Count == 0 && state.Containers().Count == 0))
            return false;
        throw new BridgeNetException(
            ErrorIds.StateOfOtherNamespace,
            ProblemCategory.InvalidOperation,
            $"The state {directory} belongs to another network namespace (cookie {owner.Namespace.Cookie}; this one has {host.Identity.Cookie}), where its networks may still exist. "
                + "Set BRIDGENET_STATE to another directory, or take the state over.",
            directory
        );
    }

    /// <summary>Makes this namespace the owner of the state.</summary>
    public void Claim(IStateTransaction state)
    {
        // A state of a version before 0.2 has no identities; namespaces that match a container now are identified once.
        foreach (ContainerRow container in state.Owner() is null ? state.Containers() : [])
        {
            using INetworkNamespace? space = host.Door.TryOpen(container);
            if (space is not null && LooksLike(space, state.Endpoints(containerId: container.Id)))
                state.Put(host.Door.Identify(container, space));
        }
        state.PutOwner(new StateOwner(host.Identity, host.Machine.NamespaceHandle));
    }

    /// <summary>Whether a namespace has an interface of the container, or the container should have none.</summary>
    private static bool LooksLike(INetworkNamespace space, IReadOnlyList<EndpointRow> endpoints)
    {
        if (endpoints.Count == 0)
            return true;
        using IRtnetlink links = space.OpenRtnetlink();
        return links.GetLinks().Any(link => endpoints.Any(endpoint => endpoint.MacAddress is not null && endpoint.MacAddress == link.Mac));
    }
}
