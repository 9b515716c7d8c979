using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Desired;
using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Drift;

/// <summary>Containers whose namespace is gone, or has another in its place.</summary>
/// <param name="host">The host.</param>
/// <param name="actual">What the kernel has.</param>
internal sealed class NamespaceDrift(OpenHost host, ActualState actual)
{
    private const string OtherNamespace = "another network namespace",
        HostsOwn = "the host's own";

    /// <summary>
    /// What there is to report of it. One that this module created comes back with all that was in it, unless something
    /// else has its path by now. Of others the owner has to bring it back; after a boot what is at the path is taken for it.
    /// </summary>
    /// <param name="container">The container.</param>
    /// <param name="endpoints">Those of its endpoints that are looked at.</param>
    /// <param name="networks">Their networks, by id.</param>
    public Finding Find(ContainerRow container, IReadOnlyList<EndpointRow> endpoints, IReadOnlyDictionary<string, NetworkRow> networks)
    {
        const string Expected = "a network namespace";
        string path = container.NetNSPath,
            actual = WhatIsAt(path);
        Whose whose = new(endpoints.Count > 0 ? networks[endpoints[0].NetworkId] : null, container);
        bool owned = container.Kind is ContainerKind.Owned or ContainerKind.Host;
        bool returned = container.Kind == ContainerKind.Path && actual == OtherNamespace && container.NetNS?.Boot != host.Identity.Boot;
        if (!returned && (!owned || actual != Deviation.Missing))
        {
            return whose.Unrepairable(
                DriftKind.Namespace,
                path,
                Expected,
                actual,
                (owned, actual) switch
                {
                    (true, _) => $"remove what is at {path}, then repair again",
                    (false, Deviation.Missing) => $"its owner has to bring it back; Remove-BridgeContainer {container.Name} forgets it",
                    _ => $"Remove-BridgeContainer {container.Name} forgets it; connect what is at {path} anew if it is meant",
                }
            );
        }
        Place place = Place.Of(container with { NetNS = null, NetNSInode = 0 });
        return whose.Finding(
            DriftKind.Namespace,
            path,
            Expected,
            actual,
            "\n",
            [
                new ObjectOperation(null, owned ? new KeptNamespace(place) : new ReturnedNamespace(place)),
                .. endpoints.SelectMany(endpoint =>
                    Anew([.. host.Desired.Objects(new EndpointSlice(endpoint, networks[endpoint.NetworkId], container))])
                ),
                .. ContainerDrift.Routes(container, endpoints),
            ]
        ) with
        {
            Container = container,
        };
    }

    /// <summary>What creates an endpoint anew; of one that is not entered, what the host still has of it is left.</summary>
    private IReadOnlyList<Operation> Anew(IReadOnlyList<KernelObject> objects) =>
        ObjectDrift.Anew(objects, objects.OfType<ILinkRoot>().SelectMany(root => root.Locate(actual)?.Left ?? []), []);

    /// <summary>What there is where a container's namespace is not.</summary>
    private string WhatIsAt(string path)
    {
        using NetworkNamespace? there = NetworkNamespace.TryOpen(path);
        return there switch
        {
            not null => there.Cookie == host.Identity.Cookie ? HostsOwn : OtherNamespace,
            // An empty file is what is left of a mount.
            _ when Directory.Exists(path) || new FileInfo(path) is { Exists: true, Length: > 0 } => "something else",
            _ => Deviation.Missing,
        };
    }
}
