using BridgeNet.Containers;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Names;

/// <summary>Writes and compares the name files of containers.</summary>
/// <param name="machine">The files of the machine.</param>
/// <param name="namespaceDirectory">The directory for namespaces of containers.</param>
/// <param name="stateDirectory">The state directory.</param>
internal sealed class NameKeeper(IHostFiles machine, string namespaceDirectory, string stateDirectory)
{
    /// <summary>
    /// The directory of files that <c>ip netns exec</c> bind-mounts over those in /etc; containers of the host have their files there.
    /// </summary>
    private const string NetNSFiles = "/etc/netns";

    /// <summary>The directory of <c>ip netns</c>.</summary>
    public const string HostNamespaces = "/run/netns";

    /// <summary>
    /// The directory of a container's files; null for a container with the host's namespace, which uses the host's files.
    /// </summary>
    public IContainerFiles? FilesOf(ContainerRow container) =>
        container.Kind == ContainerKind.Host
            ? null
            : machine.Of(
                namespaceDirectory == HostNamespaces && Path.GetDirectoryName(container.NetNSPath) == HostNamespaces
                    ? Path.Combine(NetNSFiles, Path.GetFileName(container.NetNSPath))
                    : Path.Combine(stateDirectory, "etc", container.Name)
            );

    /// <summary>Writes the files of containers.</summary>
    public void Write(IEnumerable<ContainerRow> containers, NameView view, Action<string> warn)
    {
        foreach ((_, IContainerFiles files, string hosts, string resolvConf) in Texts(containers, view))
        {
            foreach (FileLeftAlone left in files.Write(hosts, resolvConf))
                warn($"{left.Path} {left.Reason}, so it is left as it is, and names of other containers are not in it.");
        }
    }

    /// <summary>The commands for the changes of files.</summary>
    /// <param name="change">The change.</param>
    /// <param name="containers">The containers with changed files, as they are after the change.</param>
    /// <param name="before">The endpoints of each network before the change.</param>
    /// <param name="after">The endpoints of each network after it.</param>
    public IEnumerable<string> Describe(NameChange change, IEnumerable<ContainerRow> containers, NameView before, NameView after)
    {
        if (change is { Old: { } old, Renamed: { } renamed } && FilesOf(old) is { } files && FilesOf(renamed) is { } target)
            yield return $"mv {ShellWord.Of(files.Location)} {ShellWord.Of(target.Location)}";
        ContainerRow[] concerned = [.. containers];
        HashSet<string> made = [.. change.Made.Select(static container => container.Id)];
        Dictionary<string, FileTexts> was = Texts(
                concerned
                    .Where(container => !made.Contains(container.Id))
                    .Select(container => container.Id == change.Renamed?.Id ? change.Old! : container),
                before
            )
            .ToDictionary(static texts => texts.ContainerId);
        foreach (FileTexts texts in Texts(concerned, after))
        {
            foreach (string line in texts.Words(was.GetValueOrDefault(texts.ContainerId)))
                yield return line;
        }
        foreach (IContainerFiles gone in change.Removed.Select(FilesOf).OfType<IContainerFiles>())
            yield return $"rm -f {ShellWord.Of(gone.HostsPath)} {ShellWord.Of(gone.ResolvConfPath)}; rmdir {ShellWord.Of(gone.Location)}";
    }

    /// <summary>The commands that write a container's files, whatever their current content.</summary>
    public IEnumerable<string> DescribeRewrite(ContainerRow container, NameView view) =>
        Texts([container], view).SelectMany(static texts => texts.Words(null));

    /// <summary>The first file of a container with wrong content; null if there is none. Foreign files are ignored.</summary>
    public string? Differing(ContainerRow container, NameView view) =>
        Texts([container], view)
            .Select(static texts => texts.Files.Differing(texts.Hosts, texts.ResolvConf))
            .FirstOrDefault(static file => file is not null);

    /// <summary>The containers with changed files: the containers of the change, and their neighbours on user-defined networks.</summary>
    public static IReadOnlyList<string> Concerned(IStateReader state, NameChange change)
    {
        EndpointRow[] touched = [.. change.Gone, .. change.Added];
        NameView before = new(state);
        HashSet<string> concerned =
        [
            .. touched.Select(static endpoint => endpoint.ContainerId),
            .. change.Made.Select(static made => made.Id),
        ];
        foreach (string network in touched.Where(IsUserDefined).Select(static endpoint => endpoint.NetworkId).Distinct())
            concerned.UnionWith(before.Members(network).Select(static endpoint => endpoint.ContainerId));
        if (change.Renamed is { } renamed)
            concerned.Add(renamed.Id);
        concerned.ExceptWith(change.Removed.Select(static container => container.Id));
        return [.. concerned];
    }

    /// <summary>The desired texts of containers' files.</summary>
    private IEnumerable<FileTexts> Texts(IEnumerable<ContainerRow> containers, NameView view)
    {
        ContainerRow[] complete = [.. containers.Select(container => container with { Endpoints = view.EndpointsOf(container.Id) })];
        ContainerNames names = new(
            view.On(
                complete
                    .SelectMany(static container => container.Endpoints)
                    .Where(IsUserDefined)
                    .Select(static endpoint => endpoint.NetworkId)
                    .Distinct()
            )
        );
        string? host = machine.Read(ResolvConf.HostPath),
            resolved = machine.Read("/run/systemd/resolve/resolv.conf");
        foreach (ContainerRow container in complete)
        {
            if (FilesOf(container) is not { } files)
                continue;
            NameSettings settings = NameSettings.Read(NameRequest.Of(container), []);
            yield return new(
                container.Id,
                files,
                HostsFile.Build(names.Entries(container, settings)),
                ResolvConf.Build(
                    host ?? "",
                    resolved,
                    settings,
                    ipv6: container.Endpoints.Any(static endpoint => endpoint.IPv6Address is not null)
                )
            );
        }
    }

    private static bool IsUserDefined(EndpointRow endpoint) => !NameRules.Predefined.Contains(endpoint.NetworkName);

    /// <summary>The desired texts of a container's files.</summary>
    private sealed record FileTexts(string ContainerId, IContainerFiles Files, string Hosts, string ResolvConf)
    {
        /// <summary>The commands that change the files to these texts.</summary>
        /// <param name="before">The current texts; null if the files do not exist.</param>
        public IEnumerable<string> Words(FileTexts? before) =>
            [
                .. before is null ? [$"mkdir -p {ShellWord.Of(Files.Location)}"] : (string[])[],
                .. FileWords.Of(Files.HostsPath, before?.Hosts, Hosts),
                .. FileWords.Of(Files.ResolvConfPath, before?.ResolvConf, ResolvConf),
            ];
    }
}
