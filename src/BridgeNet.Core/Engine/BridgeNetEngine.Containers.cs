using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Engine;

internal sealed partial class BridgeNetEngine
{
    /// <summary>Makes a container, a network namespace kept at a path, and connects it if a network is asked for; both or neither.</summary>
    public ContainerRow CreateContainer(ContainerRequest request, ChangeContext context)
    {
        Make(state => PlanContainer(state, request, context), static (state, made) =>
        {
            // With the identity of the namespace, which was created meanwhile.
            state.Put(made.Space.Container);
            if (made.Attachment is not null)
                RecordConnect(state, made.Attachment);
        }, context, dryRun: false);
        return FindContainer(request.Name);
    }

    /// <summary>What <see cref="CreateContainer"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeCreateContainer(ContainerRequest request, ChangeContext context) =>
        Describe(state => PlanContainer(state, request, context), context);

    /// <summary>Removes containers with their endpoints in one change; a namespace that somebody else made stays. One that is refused does not keep the others.</summary>
    /// <returns>Why some were refused; empty when all are gone.</returns>
    public IReadOnlyList<Problem> RemoveContainers(IReadOnlyList<string> containers, ChangeContext context) =>
        MakeEach(containers, PlanRemoveContainers, RecordRemoveContainers, context);

    /// <summary>What <see cref="RemoveContainers"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeRemoveContainers(IReadOnlyList<string> containers) => DescribeEach(containers, PlanRemoveContainers);

    /// <summary>Runs a program inside a container; its lines go to the two listeners as they come.</summary>
    /// <returns>The exit code.</returns>
    public int Run(string container, string program, IReadOnlyList<string> arguments, string workingDirectory, Action<string> onOutput, Action<string> onError, CancellationToken cancellation) => Translate(() =>
    {
        ContainerRow found = FindContainer(container);
        using NetworkNamespace space = Door.Open(found);
        ContainerView? view = FilesOf(found) is { } files ? new ContainerView { EtcDirectory = files.Location, Hostname = found.Hostname } : null;
        return NamespaceProcess.Run(space, program, arguments, onOutput, onError, cancellation, view, workingDirectory);
    });

    private (Change, NewContainer) PlanContainer(IStateReader state, ContainerRequest request, ChangeContext context)
    {
        string name = request.Name;
        List<Problem> problems = [];
        CheckContainerName(state, name, problems);
        NameSettings.Read(request.Names, problems);
        bool host = request.Network?.Network == "host";
        string path = Path.Combine(_namespaceDirectory, name);
        if (problems.Count == 0 && File.Exists(path))
        {
            problems.Add(new(ErrorIds.ContainerExists, ProblemCategory.ResourceExists,
                $"There is a network namespace at {path} that this module did not make; choose another name, or connect that one with Connect-BridgeNetwork -NetNSPath {path}.", name));
        }
        ContainerRow container = new()
        {
            Name = name,
            Id = NameRules.NewId(),
            Created = DateTimeOffset.UtcNow,
            Kind = host ? ContainerKind.Host : ContainerKind.Owned,
            NetNSPath = path,
            Hostname = request.Names.Hostname,
            DomainName = request.Names.DomainName,
            AddHost = request.Names.AddHost,
            Dns = request.Names.Dns,
            DnsSearch = request.Names.DnsSearch,
            DnsOption = request.Names.DnsOption,
        };
        ContainerSpace space = new(container, Door);
        Attachment? attachment = null;
        Change made = new(new Intent(), []);
        if (request.Network is { } wanted && (host || wanted.Network == "none"))
            RefuseOptions(wanted, name, problems, context);
        else if (request.Network is { } joined)
            Refusing(problems, () =>
            {
                (NetworkRow network, made, NetworkRow[] created) = FindOrMakeNetwork(state, joined.Network, context);
                EndpointRow endpoint = PlanEndpoint(state, network, container, joined, new HashSet<string> { "lo" }, context);
                made = made with { Steps = [.. made.Steps, .. ConnectSteps(state, network, endpoint, space, context)] };
                attachment = new Attachment(endpoint, container, joined, created);
            });
        if (problems.Count > 0)
            throw new BridgeNetException(problems);

        List<Step> steps =
        [
            CreateNamespaceStep(space),
            .. attachment is null ? NameSteps(state, new NameChange { Made = container }, context) : made.Steps,
        ];
        EndpointRow? added = attachment?.Endpoint;
        Intent intent = new()
        {
            Rows = [container.Id, .. added is null ? (string[])[] : [added.EndpointId], .. made.Intent.Rows],
            Links = [.. added is null ? (LinkMark[])[] : [LinkMark.Of(added)], .. made.Intent.Links],
            Sysctls = made.Intent.Sysctls,
            Rules = made.Intent.Rules || added?.Ports.Count > 0,
            Files = FilesOf(container) is { } files ? [files.Location] : [],
            SettleNetworks = added is null ? [] : [added.NetworkId],
        };
        return (new Change(intent, steps), new NewContainer(space, attachment));
    }

    private static void CheckContainerName(IStateReader state, string name, List<Problem> problems, string? except = null)
    {
        NameRules.CheckContainer(name, problems);
        if (NameRules.MayBeShownId(name) && state.ContainersByIdPrefix(name) is [var shadowed, ..])
            problems.Add(NameRules.IsIdOf("container", name, shadowed.Name));
        if (state.FindContainerInAnyCase(name) is { } other && other.Id != except)
        {
            problems.Add(new(ErrorIds.ContainerExists, ProblemCategory.ResourceExists,
                $"A container '{other.Name}' exists already (id {other.ShortId}); choose another name, or remove it with Remove-BridgeContainer.", name));
        }
    }

    /// <summary>What cannot go with 'host' and 'none', on which a container has no interface that could be told anything.</summary>
    private static void RefuseOptions(EndpointRequest request, string name, List<Problem> problems, ChangeContext context)
    {
        string[] given =
        [
            .. request.IPAddress is null ? (string[])[] : ["-IPAddress"],
            .. request.IPv6Address is null ? (string[])[] : ["-IPv6Address"],
            .. request.LinkLocalAddresses.Count == 0 ? (string[])[] : ["-LinkLocalAddress"],
            .. request.MacAddress is null ? (string[])[] : ["-MacAddress"],
            .. request.Aliases.Count == 0 ? (string[])[] : ["-Alias"],
            .. request.InterfaceName is null ? (string[])[] : ["-InterfaceName"],
            .. request.Sysctls.Count == 0 ? (string[])[] : ["-Sysctl"],
        ];
        if (given.Length > 0)
        {
            problems.Add(new(ErrorIds.InvalidOption, ProblemCategory.InvalidOperation,
                $"On network '{request.Network}' a container has no interface of its own, so {string.Join(", ", given)} {(given.Length == 1 ? "means" : "mean")} nothing there; leave {(given.Length == 1 ? "it" : "them")} out, or choose another network.", name));
        }
        if (request.Publish.Count > 0)
            context.Warning($"Published ports are discarded on network '{request.Network}': {(request.Network == "host" ? "what listens there is reached at the host's addresses already" : "nothing is reached there")}.");
    }

    private (Change, IReadOnlyList<ContainerRow>) PlanRemoveContainers(IStateReader state, IReadOnlyList<string> names, ICollection<Problem> refused)
    {
        List<ContainerRow> containers = [];
        foreach (string name in names)
            Refusing(refused, () =>
            {
                ContainerRow container = FindContainer(state, name);
                if (!containers.Exists(other => other.Id == container.Id))
                    containers.Add(container);
            });
        ContainerRow[] kept = [.. containers.Where(static container => container.Kind is ContainerKind.Owned or ContainerKind.Host)];
        EndpointRow[] endpoints = [.. containers.SelectMany(static container => container.Endpoints)];
        (NetworkRow[] unused, Change removal) = UnusedDefault(state, endpoints);
        List<Step> steps = DetachSteps(state, endpoints, unused, containers);
        if (endpoints.Length == 0)
            steps.AddRange(NameSteps(state, new NameChange { Removed = containers }, new ChangeContext()));
        steps.AddRange(removal.Steps);
        steps.AddRange(kept.Select(DeleteNamespaceStep));
        Intent intent = new()
        {
            Removing = true,
            Rows = [.. endpoints.Select(static endpoint => endpoint.EndpointId), .. containers.Select(static container => container.Id), .. removal.Intent.Rows],
            Links = [.. endpoints.Select(LinkMark.Of), .. removal.Intent.Links],
            Rules = removal.Intent.Rules || HaveRules(state, endpoints),
            Namespaces = [.. kept.Select(static container => new NamespaceIntent(container.NetNSPath, container.NetNS?.Cookie ?? 0))],
            Files = FilesOf(containers),
            SettleNetworks = [.. endpoints.Select(static endpoint => endpoint.NetworkId).Distinct()],
        };
        return (new Change(intent, steps), [.. containers.Select(container => container with { Endpoints = [.. container.Endpoints] })]);
    }

    private static void RecordRemoveContainers(IStateTransaction state, IReadOnlyList<ContainerRow> containers)
    {
        EndpointRow[] endpoints = [.. containers.SelectMany(static container => container.Endpoints)];
        ForgetEndpoints(state, endpoints);
        foreach (ContainerRow container in containers)
            state.DeleteContainer(container.Id);
        foreach (string network in endpoints.Where(static endpoint => endpoint.NetworkName == DefaultNetwork).Select(static endpoint => endpoint.NetworkId).Distinct())
        {
            if (state.Endpoints(networkId: network).Count == 0)
                state.DeleteNetwork(network);
        }
    }

    /// <summary>Gives a container another name; programs that run in it notice nothing, and its neighbours know the new one.</summary>
    public ContainerRow RenameContainer(string container, string newName, ChangeContext context)
    {
        Make(state => PlanRename(state, container, newName), static (state, renamed) =>
        {
            state.Put(renamed);
            foreach (EndpointRow endpoint in renamed.Endpoints)
                state.Put(endpoint);
        }, context, dryRun: false);
        return FindContainer(newName);
    }

    /// <summary>What <see cref="RenameContainer"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeRenameContainer(string container, string newName) =>
        Describe(state => PlanRename(state, container, newName));

    private (Change, ContainerRow) PlanRename(IStateReader state, string name, string newName)
    {
        ContainerRow before = FindContainer(state, name);
        List<Problem> problems = [];
        // To write its name in another case is no other container.
        CheckContainerName(state, newName, problems, except: newName == before.Name ? null : before.Id);
        bool moves = before.Kind is ContainerKind.Owned or ContainerKind.Host;
        string from = before.NetNSPath, to = moves ? Path.Combine(_namespaceDirectory, newName) : from;
        if (problems.Count == 0 && moves && File.Exists(to))
            problems.Add(new(ErrorIds.ContainerExists, ProblemCategory.ResourceExists, $"There is a network namespace at {to} that this module did not make; choose another name.", newName));
        if (problems.Count > 0)
            throw new BridgeNetException(problems);
        ContainerRow after = before with
        {
            Name = newName,
            NetNSPath = to,
            Endpoints = [.. before.Endpoints.Select(endpoint => endpoint with { ContainerName = newName, Ports = [.. endpoint.Ports.Select(port => port with { ContainerName = newName })] })],
        };
        Step[] move = moves ? [new($"mount --move {from} {to}", () => Move(before, after), () => Move(after, before))] : [];
        Intent intent = new()
        {
            Moves = moves ? [new MoveIntent(before.Id, from, to)] : [],
            Files = FilesOf(after) is { } files ? [files.Location] : [],
            Settle = [before.Id],
            SettleNetworks = [.. before.Endpoints.Select(static endpoint => endpoint.NetworkId)],
        };
        Step[] aliases = [.. after.Endpoints.Select((endpoint, i) => new Step($"ip link set {endpoint.HostInterface} alias '{LinkMark.Of(endpoint).Alias}'",
            () => SetAlias(endpoint), () => SetAlias(before.Endpoints[i])))];
        return (new Change(intent, [.. move, .. aliases, .. NameSteps(state, new NameChange { Gone = [], Renamed = after, Added = after.Endpoints }, new ChangeContext())]), after);
    }

    private void SetAlias(EndpointRow endpoint)
    {
        string alias = LinkMark.Of(endpoint).Alias;
        if (FindPort(endpoint) is { } link && link.Alias != alias)
            Links.ReplaceAlias(link.Index, alias);
    }

    /// <summary>The container that is meant; a process or a path that is not known yet becomes one, recorded when it is connected.</summary>
    private ContainerRow ResolveContainer(IStateReader state, ContainerReference reference)
    {
        if (reference.ProcessId == 0 && reference.NetNSPath is null)
            return FindContainer(state, reference.Name ?? "");
        bool process = reference.ProcessId != 0;
        string path = process ? $"/proc/{reference.ProcessId}/ns/net" : Path.GetFullPath(reference.NetNSPath!);
        if (!File.Exists(path))
        {
            throw new BridgeNetException(ErrorIds.ContainerNotFound, ProblemCategory.ObjectNotFound,
                process ? $"There is no process {reference.ProcessId}." : $"There is no network namespace at {path}.", process ? reference.ProcessId : path);
        }
        ContainerRow given = new()
        {
            Name = reference.Name ?? (process ? $"pid-{reference.ProcessId}" : Path.GetFileName(path)),
            Id = NameRules.NewId(),
            Created = DateTimeOffset.UtcNow,
            Kind = process ? ContainerKind.Process : ContainerKind.Path,
            NetNSPath = path,
            ProcessId = reference.ProcessId,
        };
        using (NetworkNamespace space = Door.Open(given))
            given = Door.Identify(given, space);
        // One namespace is one container, by whatever process or path it is named.
        if (state.FindContainerByNamespace(given.NetNS!) is { } same)
        {
            return reference.Name is null || reference.Name == same.Name
                ? Complete(same, state.Endpoints(containerId: same.Id))
                : throw new BridgeNetException(ErrorIds.ContainerExists, ProblemCategory.ResourceExists,
                    $"The namespace at {path} is that of container '{same.Name}' already, so it cannot be '{reference.Name}' too; leave -Container out, or rename it with Rename-BridgeContainer.", given.Name);
        }
        if (state.FindContainerInAnyCase(given.Name) is { } known)
        {
            throw new BridgeNetException(ErrorIds.ContainerExists, ProblemCategory.ResourceExists,
                known.NetNSPath == path && known.Name == given.Name
                    ? $"Container '{known.Name}' was another namespace at {path}, which has ended; remove it with Remove-BridgeContainer {known.Name}, or give this one another name with -Container."
                    : $"A container '{known.Name}' exists already with another namespace ({known.NetNSPath}); give this one another name with -Container.", given.Name);
        }
        List<Problem> problems = [];
        NameRules.CheckContainer(given.Name, problems);
        return problems.Count > 0 ? throw new BridgeNetException(problems) : given;
    }

    private sealed record NewContainer(ContainerSpace Space, Attachment? Attachment);
}
