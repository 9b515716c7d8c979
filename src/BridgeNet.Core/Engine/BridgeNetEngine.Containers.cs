using System.Net;
using BridgeNet.Model;
using BridgeNet.Namespaces;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Engine;

public sealed partial class BridgeNetEngine
{
    /// <summary>Makes a container, a network namespace kept at a path, and connects it if a network is asked for; both or neither.</summary>
    public BridgeContainer CreateContainer(string name, EndpointRequest? network, ChangeContext context)
    {
        Make(state => PlanContainer(state, name, network), static (state, made) =>
        {
            state.Put(made.Container);
            if (made.Endpoint is not null)
                RecordConnect(state, new Attachment(made.Endpoint, made.Container));
        }, context, dryRun: false);
        return FindContainer(name);
    }

    /// <summary>What <see cref="CreateContainer"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeCreateContainer(string name, EndpointRequest? network) =>
        Make(state => PlanContainer(state, name, network), static (_, _) => { }, new ChangeContext(), dryRun: true).Words;

    /// <summary>Removes a container with its endpoints; a namespace that somebody else made stays.</summary>
    public void RemoveContainer(string container, ChangeContext context) =>
        Make(state => PlanRemoveContainer(state, container), RecordRemoveContainer, context, dryRun: false);

    /// <summary>What <see cref="RemoveContainer"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeRemoveContainer(string container) =>
        Make(state => PlanRemoveContainer(state, container), static (_, _) => { }, new ChangeContext(), dryRun: true).Words;

    /// <summary>Runs a program inside a container; its lines go to the two listeners as they come.</summary>
    /// <returns>The exit code.</returns>
    public int Run(string container, string program, IReadOnlyList<string> arguments, Action<string> onOutput, Action<string> onError, CancellationToken cancellation) => Translate(() =>
    {
        using NetworkNamespace space = NetworkNamespace.Open(FindContainer(container).NetNSPath);
        return NamespaceProcess.Run(space, program, arguments, onOutput, onError, cancellation);
    });

    private (Change, NewContainer) PlanContainer(IStateReader state, string name, EndpointRequest? request)
    {
        List<Problem> problems = [];
        NameRules.Check("container", name, problems);
        if (state.FindContainer(name) is { } other)
        {
            problems.Add(new(ErrorIds.ContainerExists, ProblemCategory.ResourceExists,
                $"A container '{name}' exists already (id {other.ShortId}); choose another name, or remove it with Remove-BridgeContainer.", name));
        }
        string path = Path.Combine(_namespaceDirectory, name);
        if (problems.Count == 0 && File.Exists(path))
        {
            problems.Add(new(ErrorIds.ContainerExists, ProblemCategory.ResourceExists,
                $"There is a network namespace at {path} that this module did not make; choose another name, or connect that one with Connect-BridgeNetwork -NetNSPath {path}.", name));
        }
        BridgeContainer container = new()
        {
            Name = name,
            Id = NameRules.NewId(),
            Created = DateTimeOffset.UtcNow,
            NetNSPath = path,
        };
        BridgeNetwork? network = null;
        BridgeEndpoint? endpoint = null;
        try
        {
            if (request is not null && request.Network != "none")
            {
                network = FindNetwork(state, request.Network);
                endpoint = PlanEndpoint(state, network, container, request, new HashSet<string>());
            }
        }
        catch (BridgeNetException refused)
        {
            problems.AddRange(refused.Problems);
        }
        if (problems.Count > 0)
            throw new BridgeNetException(problems);

        List<Step> steps = [new($"ip netns add {name}", () => NetworkNamespace.Create(path).Dispose(), () => NetworkNamespace.Delete(path))];
        if (endpoint is not null)
            steps.AddRange(ConnectSteps(network!, endpoint, path, [endpoint]));
        Intent intent = new()
        {
            Rows = endpoint is null ? [container.Id] : [container.Id, endpoint.EndpointId],
            Links = endpoint is null ? [] : [endpoint.HostInterface],
            Namespaces = [path],
        };
        return (new Change(intent, steps), new NewContainer(container, endpoint));
    }

    private (Change, BridgeContainer) PlanRemoveContainer(IStateReader state, string name)
    {
        BridgeContainer container = FindContainer(state, name);
        bool owned = container.Kind == ContainerKind.Owned;
        List<Step> steps = DetachSteps(state, container.Endpoints);
        if (owned)
            steps.Add(DeleteNamespaceStep(container));
        Intent intent = new()
        {
            Removing = true,
            Rows = [container.Id, .. container.Endpoints.Select(endpoint => endpoint.EndpointId)],
            Links = [.. container.Endpoints.Select(endpoint => endpoint.HostInterface)],
            Namespaces = owned ? [container.NetNSPath] : [],
        };
        return (new Change(intent, steps), container);
    }

    private static Step DeleteNamespaceStep(BridgeContainer container)
    {
        string path = container.NetNSPath;
        NetworkNamespace? held = null;
        return new($"ip netns delete {container.Name}",
            () =>
            {
                // Held until the change is recorded, so that it can come back with all that runs in it.
                held = File.Exists(path) ? NetworkNamespace.TryOpen(path) : null;
                NetworkNamespace.Delete(path);
            },
            () => held?.Keep(path),
            () => held?.Dispose());
    }

    private static void RecordRemoveContainer(IStateTransaction state, BridgeContainer container)
    {
        foreach (BridgeEndpoint endpoint in container.Endpoints)
            state.DeleteEndpoint(endpoint.EndpointId);
        state.DeleteContainer(container.Id);
    }

    /// <summary>The container that is meant; a process or a path that is not known yet becomes one, recorded when it is connected.</summary>
    private static BridgeContainer ResolveContainer(IStateReader state, ContainerReference reference)
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
        string name = reference.Name ?? (process ? $"pid-{reference.ProcessId}" : Path.GetFileName(path));
        if (state.FindContainer(name) is { } known)
        {
            if (known.NetNSPath == path)
                return FindContainer(state, name);
            throw new BridgeNetException(ErrorIds.ContainerExists, ProblemCategory.ResourceExists,
                $"A container '{name}' exists already with another namespace ({known.NetNSPath}); give this one another name with -Container.", name);
        }
        List<Problem> problems = [];
        NameRules.Check("container", name, problems);
        if (problems.Count > 0)
            throw new BridgeNetException(problems);
        return new BridgeContainer
        {
            Name = name,
            Id = NameRules.NewId(),
            Created = DateTimeOffset.UtcNow,
            Kind = process ? ContainerKind.Process : ContainerKind.Path,
            NetNSPath = path,
            ProcessId = reference.ProcessId,
        };
    }

    private sealed record NewContainer(BridgeContainer Container, BridgeEndpoint? Endpoint);
}
