using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Engine;

internal sealed partial class BridgeNetEngine
{
    /// <summary>Where <c>ip netns exec</c> looks for files to bind over those in /etc; the host's containers have theirs there.</summary>
    private const string NetNSFiles = "/etc/netns", HostNamespaces = "/run/netns";

    /// <summary>
    /// The step that keeps the hosts files of all whom a change concerns: the container itself and those that share a
    /// user-defined network with it. There is no step when nobody's file says anything else than before.
    /// </summary>
    private Step[] NameSteps(IStateReader state, NameChange change, ChangeContext context)
    {
        EndpointRow[] touched = [.. change.Gone, .. change.Added];
        HashSet<string> removed = [.. change.Removed.Select(static container => container.Id)];
        NameView before = new(state, new NameChange()), after = new(state, change);
        string[] concerned =
        [
            .. touched.Select(static endpoint => endpoint.ContainerId)
                .Concat(touched.Where(IsUserDefined).Select(static endpoint => endpoint.NetworkId).Distinct().SelectMany(before.Members).Select(static endpoint => endpoint.ContainerId))
                .Concat(change.Made is { } made ? [made.Id] : (string[])[])
                .Concat(change.Renamed is { } renamed ? [renamed.Id] : (string[])[])
                .Distinct().Where(id => !removed.Contains(id)),
        ];
        if (concerned.Length + removed.Count == 0)
            return [];
        ContainerRow[] old = [.. concerned.Select(state.FindContainerById).OfType<ContainerRow>()];
        ContainerRow[] now = [.. concerned.Select(id => change.Renamed?.Id == id ? change.Renamed : state.FindContainerById(id) ?? change.Made).OfType<ContainerRow>()];
        string[] lines = [.. now.Select(FilesOf).OfType<ContainerFiles>().Select(static files => $"update {files.Location}/hosts"), .. change.Removed.Select(FilesOf).OfType<ContainerFiles>().Select(static files => $"rm -r {files.Location}")];
        if (lines.Length == 0)
            return [];
        return
        [
            new(string.Join('\n', lines),
                () =>
                {
                    if (change.Renamed is { } renamed && FilesOf(state.FindContainerById(renamed.Id)!) is { } from && FilesOf(renamed) is { } to)
                        from.MoveTo(to.Location);
                    Write(now, after, context);
                    foreach (ContainerRow container in change.Removed)
                        FilesOf(container)?.Remove();
                },
                () =>
                {
                    if (change.Renamed is { } renamed && FilesOf(state.FindContainerById(renamed.Id)!) is { } from && FilesOf(renamed) is { } to)
                        to.MoveTo(from.Location);
                    foreach (ContainerRow container in now.ExceptBy(old.Select(static container => container.Id), static container => container.Id))
                        FilesOf(container)?.Remove();
                    Write([.. old, .. change.Removed], before, new ChangeContext());
                }),
        ];
    }

    private void Write(IEnumerable<ContainerRow> containers, NameView view, ChangeContext context)
    {
        foreach ((ContainerFiles files, string hosts, string resolvConf) in Texts(containers, view))
        {
            foreach (FileLeftAlone left in files.Write(hosts, resolvConf))
                context.Warning($"{left.Path} {left.Reason}, so it is left as it is, and names of other containers are not in it.");
        }
    }

    /// <summary>What the files of containers are to say.</summary>
    private IEnumerable<(ContainerFiles Files, string Hosts, string ResolvConf)> Texts(IEnumerable<ContainerRow> containers, NameView view)
    {
        ContainerRow[] complete = [.. containers.Select(container => container with { Endpoints = view.EndpointsOf(container.Id) })];
        ContainerNames names = new(view.On(complete.SelectMany(static container => container.Endpoints).Where(IsUserDefined).Select(static endpoint => endpoint.NetworkId).Distinct()));
        string? host = ReadIfThere("/etc/resolv.conf"), resolved = ReadIfThere("/run/systemd/resolve/resolv.conf");
        foreach (ContainerRow container in complete)
        {
            if (FilesOf(container) is not { } files)
                continue;
            NameSettings settings = SettingsOf(container);
            yield return (files, HostsFile.Build(names.Entries(container, settings)),
                ResolvConf.Build(host ?? "", resolved, settings, ipv6: container.Endpoints.Any(static endpoint => endpoint.IPv6Address is not null)));
        }
    }

    /// <summary>The file of a container that does not say what it is to say; null when all do, or are an admin's.</summary>
    private string? NamesDiffer(ContainerRow container, NameView view) => Texts([container], view)
        .Select(static texts => texts.Files.Differing(texts.Hosts, texts.ResolvConf)).FirstOrDefault(static file => file is not null);

    /// <summary>Writes the files of containers anew, from what the state knows.</summary>
    private void SettleNames(IStateReader state, IEnumerable<string> containers)
    {
        NameView view = new(state, new NameChange());
        HashSet<string> concerned = [.. containers];
        foreach (string network in concerned.SelectMany(id => state.Endpoints(containerId: id)).Where(IsUserDefined).Select(static endpoint => endpoint.NetworkId).Distinct().ToArray())
            concerned.UnionWith(view.Members(network).Select(static endpoint => endpoint.ContainerId));
        Write([.. concerned.Select(state.FindContainerById).OfType<ContainerRow>()], view, new ChangeContext());
    }

    /// <summary>The directory of a container's files; null for one whose namespace is the host's, which has the host's own.</summary>
    internal ContainerFiles? FilesOf(ContainerRow container) => container.Kind == ContainerKind.Host
        ? null
        : new ContainerFiles(_namespaceDirectory == HostNamespaces && Path.GetDirectoryName(container.NetNSPath) == HostNamespaces
            ? Path.Combine(NetNSFiles, Path.GetFileName(container.NetNSPath))
            : Path.Combine(_store.Directory, "etc", container.Name));

    private static NameSettings SettingsOf(ContainerRow container) => NameSettings.Read(new NameRequest
    {
        Hostname = container.Hostname,
        DomainName = container.DomainName,
        AddHost = container.AddHost,
        Dns = container.Dns,
        DnsSearch = container.DnsSearch,
        DnsOption = container.DnsOption,
    }, []);

    private static string? ReadIfThere(string path) => File.Exists(path) ? File.ReadAllText(path) : null;

    private static bool IsUserDefined(EndpointRow endpoint) => !NameRules.Predefined.Contains(endpoint.NetworkName);

    /// <summary>What of a change concerns names.</summary>
    private sealed record NameChange
    {
        /// <summary>Endpoints that go.</summary>
        public IReadOnlyList<EndpointRow> Gone { get; init; } = [];

        /// <summary>Endpoints that come.</summary>
        public IReadOnlyList<EndpointRow> Added { get; init; } = [];

        /// <summary>The container that comes with them, where the state may not know it yet.</summary>
        public ContainerRow? Made { get; init; }

        /// <summary>The container by its new name, with endpoints that have it.</summary>
        public ContainerRow? Renamed { get; init; }

        /// <summary>Containers that go.</summary>
        public IReadOnlyList<ContainerRow> Removed { get; init; } = [];
    }

    /// <summary>Who is on which network, as the state knows it with a change on top.</summary>
    private sealed class NameView(IStateReader state, NameChange change)
    {
        private readonly Dictionary<string, IReadOnlyList<EndpointRow>> _members = [];

        public IReadOnlyList<EndpointRow> Members(string networkId) => _members.TryGetValue(networkId, out IReadOnlyList<EndpointRow>? members)
            ? members
            : _members[networkId] = Changed(state.Endpoints(networkId: networkId), endpoint => endpoint.NetworkId == networkId);

        public IReadOnlyList<EndpointRow> EndpointsOf(string containerId) =>
            [.. Changed(state.Endpoints(containerId: containerId), endpoint => endpoint.ContainerId == containerId).OrderBy(static endpoint => endpoint.InterfaceName, StringComparer.Ordinal)];

        /// <summary>The containers on some networks, with what of theirs lies there.</summary>
        public IEnumerable<ContainerRow> On(IEnumerable<string> networkIds) => networkIds.SelectMany(Members)
            .GroupBy(static endpoint => endpoint.ContainerId)
            .Select(static endpoints => new ContainerRow
            {
                Name = endpoints.First().ContainerName,
                Id = endpoints.Key,
                Created = default,
                NetNSPath = "",
                Endpoints = [.. endpoints],
            });

        private IReadOnlyList<EndpointRow> Changed(IReadOnlyList<EndpointRow> rows, Func<EndpointRow, bool> concerns) =>
        [
            .. rows.ExceptBy(change.Gone.Concat(change.Added).Select(static endpoint => endpoint.EndpointId), static endpoint => endpoint.EndpointId)
                .Select(endpoint => change.Renamed is { } renamed && endpoint.ContainerId == renamed.Id ? endpoint with { ContainerName = renamed.Name } : endpoint),
            .. change.Added.Where(concerns),
        ];
    }
}
