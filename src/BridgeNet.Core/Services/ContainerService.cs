using BridgeNet.Changes;
using BridgeNet.Desired;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Creates, removes and renames containers.</summary>
/// <param name="runner">Runs the changes.</param>
/// <param name="planner">Plans their operations.</param>
/// <param name="attachments">Plans new endpoints.</param>
/// <param name="host">The host.</param>
internal sealed class ContainerService(ChangeRunner runner, ChangePlanner planner, AttachmentPlanner attachments, OpenHost host)
{
    /// <summary>
    /// Creates a container, a network namespace with a path, and connects it if a network is requested; after an error, nothing is left.
    /// </summary>
    public void Create(ContainerRequest request, ChangeContext context) =>
        runner.Make(
            state => PlanCreate(state, request, context),
            static (state, made, kernel) =>
            {
                // Recorded with the identity of the namespace that the change created.
                ContainerRow container = kernel.Identified(made.Container);
                state.Put(container);
                made.Attachment?.Record(state, container);
            },
            context
        );

    /// <summary>The commands of <see cref="Create"/>; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeCreate(ContainerRequest request, ChangeContext context) =>
        runner.Describe(state => PlanCreate(state, request, context), context);

    /// <summary>
    /// Removes containers with their endpoints in one change; a foreign namespace stays. A refused container does not prevent the removal
    /// of the others.
    /// </summary>
    /// <returns>Why containers were refused; empty if all were removed.</returns>
    public IReadOnlyList<Problem> Remove(IReadOnlyList<string> containers, ChangeContext context) =>
        runner.MakeEach(containers, PlanRemove, static (state, rows) => rows.DeleteFrom(state), context);

    /// <summary>The commands of <see cref="Remove"/>; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeRemove(IReadOnlyList<string> containers) => runner.DescribeEach(containers, PlanRemove);

    /// <summary>Renames a container. Running programs are not affected, and its neighbours resolve the new name.</summary>
    public void Rename(string container, string newName, ChangeContext context) =>
        runner.Make(
            state => PlanRename(state, container, newName),
            static (state, renamed, _) =>
            {
                state.Put(renamed);
                foreach (EndpointRow endpoint in renamed.Endpoints)
                    state.Put(endpoint);
            },
            context
        );

    /// <summary>The commands of <see cref="Rename"/>; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeRename(string container, string newName) =>
        runner.Describe(state => PlanRename(state, container, newName));

    private (Change, NewContainer) PlanCreate(IStateReader state, ContainerRequest request, ChangeContext context)
    {
        string name = request.Name,
            path = Path.Combine(host.NamespaceDirectory, name);
        List<Problem> problems = [];
        ContainerPlanner.CheckName(state, name, problems);
        NameSettings.Read(request.Names, problems);
        bool ofHost = request.Network?.Network == "host";
        if (problems.Count == 0 && host.Machine.Namespaces.Exists(path))
        {
            problems.Add(
                new(
                    ErrorIds.ContainerExists,
                    ProblemCategory.ResourceExists,
                    $"A network namespace that this module did not create already exists at {path}; choose another name, or connect that namespace by its path.",
                    name
                )
            );
        }
        ContainerRow container = new()
        {
            Name = name,
            Id = host.Machine.Random.NewId(),
            Created = host.Machine.Clock.GetUtcNow(),
            Kind = ofHost ? ContainerKind.Host : ContainerKind.Owned,
            NetNSPath = path,
            Hostname = request.Names.Hostname,
            DomainName = request.Names.DomainName,
            AddHost = request.Names.AddHost,
            Dns = request.Names.Dns,
            DnsSearch = request.Names.DnsSearch,
            DnsOption = request.Names.DnsOption,
        };
        Attachment? attachment = null;
        if (request.Network is { } wanted && (ofHost || wanted.Network == "none"))
            RefuseOptions(wanted, name, problems, context);
        else if (request.Network is { } joined)
            ChangeRunner.CollectProblems(
                problems,
                () =>
                {
                    (NetworkRow network, bool isNew) = attachments.FindOrChooseNetwork(state, joined.Network);
                    attachment = attachments.Plan(state, network, isNew, container, joined, new HashSet<string> { "lo" }, context);
                }
            );
        if (problems.Count > 0)
            throw new BridgeNetException(problems);
        StateSlice before = attachment?.Before ?? new(),
            after = attachment?.After ?? new();
        NameChange naming = new() { Made = [container], Added = attachment is null ? [] : [attachment.Endpoint] };
        return (planner.Plan(state, before, after with { Spaces = [container] }, naming), new(container, attachment));
    }

    /// <summary>Refuses options of an interface on 'host' and 'none', where a container has no interface.</summary>
    private static void RefuseOptions(EndpointRequest request, string name, List<Problem> problems, ChangeContext context)
    {
        string[] given =
        [
            .. request.IPAddress is null ? (string[])[] : ["an IPv4 address"],
            .. request.IPv6Address is null ? (string[])[] : ["an IPv6 address"],
            .. request.LinkLocalAddresses.Count == 0 ? (string[])[] : ["link-local addresses"],
            .. request.MacAddress is null ? (string[])[] : ["a MAC address"],
            .. request.Aliases.Count == 0 ? (string[])[] : ["aliases"],
            .. request.InterfaceName is null ? (string[])[] : ["an interface name"],
            .. request.Sysctls.Count == 0 ? (string[])[] : ["kernel settings"],
        ];
        if (given.Length > 0)
        {
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.InvalidOperation,
                    $"On network '{request.Network}' a container has no interface of its own and cannot have {string.Join(", ", given)}; leave {(given.Length == 1 ? "this" : "these")} out, or choose another network.",
                    name
                )
            );
        }
        if (request.Publish.Count > 0)
            context.Warning(
                $"Published ports are discarded on network '{request.Network}': {(request.Network == "host" ? "its containers already use the host's addresses" : "its containers are unreachable")}."
            );
    }

    private (Change, RemovedRows) PlanRemove(IStateReader state, IReadOnlyList<string> names, ICollection<Problem> refused)
    {
        List<ContainerRow> containers = [];
        foreach (string name in names)
            ChangeRunner.CollectProblems(
                refused,
                () =>
                {
                    ContainerRow container = StateLookup.FindContainer(state, name);
                    if (!containers.Exists(other => other.Id == container.Id))
                        containers.Add(container);
                }
            );
        Removal removal = new(state)
        {
            Containers = containers,
            Endpoints = [.. containers.SelectMany(static container => container.Endpoints)],
        };
        return (removal.Plan(planner), removal.Rows);
    }

    private (Change, ContainerRow) PlanRename(IStateReader state, string name, string newName)
    {
        ContainerRow before = StateLookup.FindContainer(state, name);
        List<Problem> problems = [];
        // Changing the letter case of a container's own name is allowed.
        ContainerPlanner.CheckName(state, newName, problems, except: newName == before.Name ? null : before.Id);
        bool moves = before.Kind is ContainerKind.Owned or ContainerKind.Host;
        string to = moves ? Path.Combine(host.NamespaceDirectory, newName) : before.NetNSPath;
        if (problems.Count == 0 && moves && host.Machine.Namespaces.Exists(to))
            problems.Add(
                new(
                    ErrorIds.ContainerExists,
                    ProblemCategory.ResourceExists,
                    $"A network namespace that this module did not create already exists at {to}; choose another name.",
                    newName
                )
            );
        if (problems.Count > 0)
            throw new BridgeNetException(problems);
        ContainerRow after = before with
        {
            Name = newName,
            NetNSPath = to,
            Endpoints =
            [
                .. before.Endpoints.Select(endpoint =>
                    endpoint with
                    {
                        ContainerName = newName,
                        Ports = [.. endpoint.Ports.Select(port => port with { ContainerName = newName })],
                    }
                ),
            ],
        };
        StateSlice Of(ContainerRow container) =>
            new()
            {
                Spaces = moves ? [container] : [],
                Endpoints =
                [
                    .. container.Endpoints.Select(endpoint => new EndpointSlice(
                        endpoint,
                        StateLookup.FindNetwork(state, endpoint.NetworkId),
                        container
                    )),
                ],
            };
        NameChange naming = new()
        {
            Old = before,
            Renamed = after,
            Gone = before.Endpoints,
            Added = after.Endpoints,
        };
        return (planner.Plan(state, Of(before), Of(after), naming), after);
    }

    /// <param name="Container">The container.</param>
    /// <param name="Attachment">Its first attachment; null for none.</param>
    private sealed record NewContainer(ContainerRow Container, Attachment? Attachment);
}
