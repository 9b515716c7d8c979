using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Desired;
using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Drift;

/// <summary>Finds containers with a namespace that is missing, or was replaced by another one.</summary>
/// <param name="host">The host.</param>
/// <param name="actual">The actual state.</param>
internal sealed class NamespaceDrift(OpenHost host, ActualState actual)
{
    private const string OtherNamespace = "another network namespace",
        HostsOwn = "the host's own";

    /// <summary>
    /// The finding for a container's namespace. A missing namespace of this module is created again with its interfaces and routes, unless
    /// another object is at its path. A foreign namespace must be created again by its owner; after a boot, the namespace at its path is
    /// accepted as the container's.
    /// </summary>
    /// <param name="container">The container.</param>
    /// <param name="endpoints">Its endpoints on the networks to check.</param>
    /// <param name="networks">The networks of the endpoints, by id.</param>
    public Finding Find(ContainerRow container, IReadOnlyList<EndpointRow> endpoints, IReadOnlyDictionary<string, NetworkRow> networks)
    {
        const string Expected = "a network namespace";
        string path = container.NetNSPath,
            actual = DescribeObjectAt(path);
        DriftSubject subject = new(endpoints.Count > 0 ? networks[endpoints[0].NetworkId] : null, container);
        bool owned = container.Kind is ContainerKind.Owned or ContainerKind.Host;
        bool returned = container.Kind == ContainerKind.Path && actual == OtherNamespace && container.NetNS?.Boot != host.Identity.Boot;
        if (!returned && (!owned || actual != Deviation.Missing))
        {
            return subject.Unrepairable(
                DriftKind.Namespace,
                path,
                Expected,
                actual,
                (owned, actual) switch
                {
                    (true, _) => $"remove the object at {path}, then repair again",
                    (false, Deviation.Missing) => $"wait until its owner creates it again, or remove the container {container.Name}",
                    _ => $"remove the container {container.Name}; connect {path} again to use the namespace that is there now",
                }
            );
        }
        Place place = Place.Of(container with { NetNS = null, NetNSInode = 0 });
        return subject.Finding(
            DriftKind.Namespace,
            path,
            Expected,
            actual,
            "\n",
            [
                new ObjectOperation(null, owned ? new KeptNamespace(place) : new RecreatedNamespace(place)),
                .. endpoints.SelectMany(endpoint =>
                    CreateAgain([.. host.Desired.Objects(new EndpointSlice(endpoint, networks[endpoint.NetworkId], container))])
                ),
                .. ContainerDrift.Routes(container, endpoints),
            ]
        ) with
        {
            Container = container,
        };
    }

    /// <summary>The operations that create an endpoint again, after removing its leftovers on the host.</summary>
    private IReadOnlyList<Operation> CreateAgain(IReadOnlyList<KernelObject> objects) =>
        ObjectDrift.CreateAgain(objects, objects.OfType<ILinkRoot>().SelectMany(root => root.Locate(actual)?.Leftovers ?? []), []);

    /// <summary>Describes the object at the path of a container's missing namespace.</summary>
    private string DescribeObjectAt(string path)
    {
        using INetworkNamespace? found = host.Machine.Namespaces.TryOpen(path);
        return found switch
        {
            not null => found.Cookie == host.Identity.Cookie ? HostsOwn : OtherNamespace,
            // An empty file is the leftover of a mount.
            _ when host.Machine.Namespaces.IsOccupied(path) => "something else",
            _ => Deviation.Missing,
        };
    }
}
