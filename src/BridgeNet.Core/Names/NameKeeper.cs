using BridgeNet.Containers;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Names;

/// <summary>Keeps the name files of containers: which they are, what they are to say, and that they say it.</summary>
/// <param name="namespaceDirectory">Where namespaces are kept.</param>
/// <param name="stateDirectory">Where the state is.</param>
internal sealed class NameKeeper(string namespaceDirectory, string stateDirectory)
{
    /// <summary>Where <c>ip netns exec</c> looks for files to bind over those in /etc; the host's containers have theirs there.</summary>
    private const string NetNSFiles = "/etc/netns";

    /// <summary>Where <c>ip netns</c> keeps namespaces.</summary>
    public const string HostNamespaces = "/run/netns";

    /// <summary>The directory of a container's files; null for one whose namespace is the host's, which has the host's own.</summary>
    public ContainerFiles? FilesOf(ContainerRow container) =>
        container.Kind == ContainerKind.Host
            ? null
            : new ContainerFiles(
                namespaceDirectory == HostNamespaces && Path.GetDirectoryName(container.NetNSPath) == HostNamespaces
                    ? Path.Combine(NetNSFiles, Path.GetFileName(container.NetNSPath))
                    : Path.Combine(stateDirectory, "etc", container.Name)
            );

    /// <summary>Makes the files of containers say what they are to say.</summary>
    public void Write(IEnumerable<ContainerRow> containers, NameView view, Action<string> warn)
    {
        foreach ((_, ContainerFiles files, string hosts, string resolvConf) in Texts(containers, view))
        {
            foreach (FileLeftAlone left in files.Write(hosts, resolvConf))
                warn($"{left.Path} {left.Reason}, so it is left as it is, and names of other containers are not in it.");
        }
    }

    /// <summary>The commands that a person would type for what a change makes of files.</summary>
    /// <param name="change">The change.</param>
    /// <param name="containers">Whom it concerns, as they are after it.</param>
    /// <param name="before">Who is on which network before it.</param>
    /// <param name="after">And after it.</param>
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
        foreach (ContainerFiles gone in change.Removed.Select(FilesOf).OfType<ContainerFiles>())
            yield return $"rm -f {ShellWord.Of(gone.HostsPath)} {ShellWord.Of(gone.ResolvConfPath)}; rmdir {ShellWord.Of(gone.Location)}";
    }

    /// <summary>The commands that a person would type to make a container's files say what they are to say, whatever they say now.</summary>
    public IEnumerable<string> DescribeAnew(ContainerRow container, NameView view) =>
        Texts([container], view).SelectMany(static texts => texts.Words(null));

    /// <summary>The file of a container that does not say what it is to say; null when all do, or are an admin's.</summary>
    public string? Differing(ContainerRow container, NameView view) =>
        Texts([container], view)
            .Select(static texts => texts.Files.Differing(texts.Hosts, texts.ResolvConf))
            .FirstOrDefault(static file => file is not null);

    /// <summary>Whom a change concerns: the containers themselves, and those that share a user-defined network with them.</summary>
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

    /// <summary>What the files of containers are to say.</summary>
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
        string? host = ReadIfThere("/etc/resolv.conf"),
            resolved = ReadIfThere("/run/systemd/resolve/resolv.conf");
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

    private static string? ReadIfThere(string path) => File.Exists(path) ? File.ReadAllText(path) : null;

    private static bool IsUserDefined(EndpointRow endpoint) => !NameRules.Predefined.Contains(endpoint.NetworkName);

    /// <summary>What the files of a container are to say.</summary>
    private sealed record FileTexts(string ContainerId, ContainerFiles Files, string Hosts, string ResolvConf)
    {
        /// <summary>The commands that make the files say so.</summary>
        /// <param name="before">What they say; null where they are not there.</param>
        public IEnumerable<string> Words(FileTexts? before) =>
            [
                .. before is null ? [$"mkdir -p {ShellWord.Of(Files.Location)}"] : (string[])[],
                .. FileWords.Of(Files.HostsPath, before?.Hosts, Hosts),
                .. FileWords.Of(Files.ResolvConfPath, before?.ResolvConf, ResolvConf),
            ];
    }
}
