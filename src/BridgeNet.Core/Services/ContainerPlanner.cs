using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Finds the containers in requests, and checks names of new ones.</summary>
/// <param name="host">The host.</param>
internal sealed class ContainerPlanner(OpenHost host)
{
    /// <summary>Finds a container. A new process or path becomes a container, which is recorded when it is connected.</summary>
    public ContainerRow Resolve(IStateReader state, ContainerReference reference)
    {
        if (reference.ProcessId == 0 && reference.NetNSPath is null)
            return StateLookup.FindContainer(state, reference.Name ?? "");
        bool process = reference.ProcessId != 0;
        string path = process ? $"/proc/{reference.ProcessId}/ns/net" : Path.GetFullPath(reference.NetNSPath!);
        if (!host.Machine.Namespaces.Exists(path))
        {
            throw new BridgeNetException(
                ErrorIds.ContainerNotFound,
                ProblemCategory.ObjectNotFound,
                process ? $"There is no process {reference.ProcessId}." : $"There is no network namespace at {path}.",
                process ? reference.ProcessId : path
            );
        }
        ContainerRow given = new()
        {
            Name = reference.Name ?? (process ? $"pid-{reference.ProcessId}" : Path.GetFileName(path)),
            Id = host.Machine.Random.NewId(),
            Created = host.Machine.Clock.GetUtcNow(),
            Kind = process ? ContainerKind.Process : ContainerKind.Path,
            NetNSPath = path,
            ProcessId = reference.ProcessId,
        };
        using (INetworkNamespace space = host.Door.Open(given))
            given = host.Door.Identify(given, space);
        // One namespace is one container, whatever process or path identifies it.
        if (state.FindContainerByNamespace(given.NetNS!) is { } same)
        {
            return reference.Name is null || reference.Name == same.Name
                ? StateLookup.WithEndpoints(state, same)
                : throw new BridgeNetException(
                    ErrorIds.ContainerExists,
                    ProblemCategory.ResourceExists,
                    $"The namespace at {path} already belongs to container '{same.Name}', so it cannot be '{reference.Name}' too; leave the container name out, or rename the container.",
                    given.Name
                );
        }
        if (state.FindContainerInAnyCase(given.Name) is { } known)
        {
            throw new BridgeNetException(
                ErrorIds.ContainerExists,
                ProblemCategory.ResourceExists,
                known.NetNSPath == path && known.Name == given.Name
                    ? $"Container '{known.Name}' belongs to an earlier namespace at {path}, which has ended; remove the container, or give this one another name."
                    : $"A container '{known.Name}' already exists with another namespace ({known.NetNSPath}); give this one another name.",
                given.Name
            );
        }
        List<Problem> problems = [];
        NameRules.CheckContainer(given.Name, problems);
        return problems.Count > 0 ? throw new BridgeNetException(problems) : given;
    }

    /// <summary>The names of a container's interfaces.</summary>
    /// <inheritdoc cref="NamespaceDoor.Open" path="/exception"/>
    public IReadOnlySet<string> InterfacesInside(ContainerRow container)
    {
        using INetworkNamespace space = host.Door.Open(container);
        using IRtnetlink links = space.OpenRtnetlink();
        return links.GetLinks().Select(static link => link.Name).ToHashSet();
    }

    /// <summary>Adds problems with the name of a container.</summary>
    /// <param name="state">The state.</param>
    /// <param name="name">The name.</param>
    /// <param name="problems">Receives the problems.</param>
    /// <param name="except">The id of a container that may already have the name.</param>
    public static void CheckName(IStateReader state, string name, ICollection<Problem> problems, string? except = null)
    {
        NameRules.CheckContainer(name, problems);
        if (NameRules.MayBeShownId(name) && state.ContainersByIdPrefix(name) is [var shadowed, ..])
            problems.Add(NameRules.IsIdOf("container", name, shadowed.Name));
        if (state.FindContainerInAnyCase(name) is { } other && other.Id != except)
        {
            problems.Add(
                new(
                    ErrorIds.ContainerExists,
                    ProblemCategory.ResourceExists,
                    $"A container '{other.Name}' already exists (id {other.ShortId}); choose another name, or remove it first.",
                    name
                )
            );
        }
    }
}
