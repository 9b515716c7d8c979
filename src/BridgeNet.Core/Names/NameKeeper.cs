using BridgeNet.Containers;
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
    public ContainerFiles? FilesOf(ContainerRow container) => container.Kind == ContainerKind.Host
        ? null
        : new ContainerFiles(namespaceDirectory == HostNamespaces && Path.GetDirectoryName(container.NetNSPath) == HostNamespaces
            ? Path.Combine(NetNSFiles, Path.GetFileName(container.NetNSPath))
            : Path.Combine(stateDirectory, "etc", container.Name));

    /// <summary>Makes the files of containers say what they are to say.</summary>
    public void Write(IEnumerable<ContainerRow> containers, NameView view, Action<string> warn)
    {
        foreach ((ContainerFiles files, string hosts, string resolvConf) in Texts(containers, view))
        {
            foreach (FileLeftAlone left in files.Write(hosts, resolvConf))
                warn($"{left.Path} {left.Reason}, so it is left as it is, and names of other containers are not in it.");
        }
    }

    /// <summary>The file of a container that does not say what it is to say; null when all do, or are an admin's.</summary>
    public string? Differing(ContainerRow container, NameView view) => Texts([container], view)
        .Select(static texts => texts.Files.Differing(texts.Hosts, texts.ResolvConf)).FirstOrDefault(static file => file is not null);

    /// <summary>Whom a change concerns: the containers themselves, and those that share a user-defined network with them.</summary>
    public static IReadOnlyList<string> Concerned(IStateReader state, NameChange change)
    {
        EndpointRow[] touched = [.. change.Gone, .. change.Added];
        NameView before = new(state);
        HashSet<string> concerned = [.. touched.Select(static endpoint => endpoint.ContainerId), .. change.Made.Select(static made => made.Id)];
        foreach (string network in touched.Where(IsUserDefined).Select(static endpoint => endpoint.NetworkId).Distinct())
            concerned.UnionWith(before.Members(network).Select(static endpoint => endpoint.ContainerId));
        if (change.Renamed is { } renamed)
            concerned.Add(renamed.Id);
        concerned.ExceptWith(change.Removed.Select(static container => container.Id));
        return [.. concerned];
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
}
