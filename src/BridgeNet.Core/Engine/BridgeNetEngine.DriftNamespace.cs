using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.State;

namespace BridgeNet.Engine;

/// <content>Containers whose namespace is gone, or has another in its place.</content>
internal sealed partial class BridgeNetEngine
{
    /// <summary>
    /// A container whose namespace is gone. One that this module created comes back with all that was in it, unless something
    /// else has its path by now. Of others the owner has to bring it back; after a boot what is at the path is taken for it.
    /// </summary>
    private Finding NamespaceFinding(IStateReader state, ContainerRow container, IReadOnlyDictionary<string, NetworkRow> networks)
    {
        string path = container.NetNSPath, actual = WhatIsAt(path);
        bool owned = container.Kind is ContainerKind.Owned or ContainerKind.Host;
        bool returned = container.Kind == ContainerKind.Path && actual == OtherNamespace && container.NetNS?.Boot != Host.Boot;
        EndpointRow[] endpoints = [.. container.Endpoints.Where(endpoint => networks.ContainsKey(endpoint.NetworkId))];
        ContainerSpace space = new(container, Door);
        string advice = (owned, actual) switch
        {
            (true, _) => $"remove what is at {path}, then repair again",
            (false, Missing) => $"its owner has to bring it back; Remove-BridgeContainer {container.Name} forgets it",
            _ => $"Remove-BridgeContainer {container.Name} forgets it; connect what is at {path} anew if it is meant",
        };
        bool repairable = (owned && actual == Missing) || returned;
        return new Finding(new DriftItem
        {
            NetworkName = endpoints.FirstOrDefault()?.NetworkName ?? "",
            ContainerName = container.Name,
            Kind = DriftKind.Namespace,
            Object = path,
            Expected = "a network namespace",
            Actual = actual,
            Repair = !repairable ? advice : string.Join('\n', (string[])
            [
                .. owned ? [CreateNamespaceWords(container)] : (string[])[],
                .. endpoints.Select(endpoint => RenewWords(networks[endpoint.NetworkId], endpoint, space)),
                .. RouteWords(path, endpoints),
            ]),
            Repairable = repairable,
        }, !repairable ? null : () =>
        {
            using (space)
            {
                if (owned)
                    CreateNamespace(space);
                else
                    space.Set(NetworkNamespace.Open(path));
                (state as IStateTransaction)?.Put(space.Container);
                foreach (EndpointRow endpoint in endpoints)
                    RenewLinks(networks[endpoint.NetworkId], endpoint, space);
                SettleDefaultRoute(space.Open(), endpoints, endpoints);
            }
        });
    }

    private const string OtherNamespace = "another network namespace", HostsOwn = "the host's own";

    /// <summary>What there is where a container's namespace is not.</summary>
    private string WhatIsAt(string path)
    {
        using NetworkNamespace? there = NetworkNamespace.TryOpen(path);
        return there switch
        {
            not null => there.Cookie == Host.Cookie ? HostsOwn : OtherNamespace,
            // An empty file is what is left of a mount.
            _ when Directory.Exists(path) || new FileInfo(path) is { Exists: true, Length: > 0 } => "something else",
            _ => Missing,
        };
    }
}
