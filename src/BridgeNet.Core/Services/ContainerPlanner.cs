using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Finds the containers that are meant, and says which names they can have.</summary>
/// <param name="host">The host.</param>
internal sealed class ContainerPlanner(OpenHost host)
{
    /// <summary>The container that is meant; a process or a path that is not known yet becomes one, recorded when it is connected.</summary>
    public ContainerRow Resolve(IStateReader state, ContainerReference reference)
    {
        if (reference.ProcessId == 0 && reference.NetNSPath is null)
            return StateLookup.FindContainer(state, reference.Name ?? "");
        bool process = reference.ProcessId != 0;
        string path = process ? $"/proc/{reference.ProcessId}/ns/net" : Path.GetFullPath(reference.NetNSPath!);
        if (!File.Exists(path))
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
            Id = NameRules.NewId(),
            Created = DateTimeOffset.UtcNow,
            Kind = process ? ContainerKind.Process : ContainerKind.Path,
            NetNSPath = path,
            ProcessId = reference.ProcessId,
        };
        using (NetworkNamespace space = host.Door.Open(given))
            given = host.Door.Identify(given, space);
        // One namespace is one container, by whatever process or path it is named.
        if (state.FindContainerByNamespace(given.NetNS!) is { } same)
        {
            return reference.Name is null || reference.Name == same.Name
                ? StateLookup.WithEndpoints(state, same)
                : throw new BridgeNetException(
                    ErrorIds.ContainerExists,
                    ProblemCategory.ResourceExists,
                    $"The namespace at {path} is that of container '{same.Name}' already, so it cannot be '{reference.Name}' too; leave -Container out, or rename it with Rename-BridgeContainer.",
                    given.Name
                );
        }
        if (state.FindContainerInAnyCase(given.Name) is { } known)
        {
            throw new BridgeNetException(
                ErrorIds.ContainerExists,
                ProblemCategory.ResourceExists,
                known.NetNSPath == path && known.Name == given.Name
                    ? $"Container '{known.Name}' was another namespace at {path}, which has ended; remove it with Remove-BridgeContainer {known.Name}, or give this one another name with -Container."
                    : $"A container '{known.Name}' exists already with another namespace ({known.NetNSPath}); give this one another name with -Container.",
                given.Name
            );
        }
        List<Problem> problems = [];
        NameRules.CheckContainer(given.Name, problems);
        return problems.Count > 0 ? throw new BridgeNetException(problems) : given;
    }

    /// <summary>The names of the interfaces that a container has.</summary>
    /// <inheritdoc cref="NamespaceDoor.Open" path="/exception"/>
    public IReadOnlySet<string> InterfacesInside(ContainerRow container)
    {
        using NetworkNamespace space = host.Door.Open(container);
        using RtnetlinkConnection links = space.OpenRtnetlink();
        return links.GetLinks().Select(static link => link.Name).ToHashSet();
    }

    /// <summary>Refuses what cannot be the name of a container.</summary>
    /// <param name="state">The state.</param>
    /// <param name="name">The name.</param>
    /// <param name="problems">Takes what speaks against it.</param>
    /// <param name="except">The id of a container that may have the name.</param>
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
                    $"A container '{other.Name}' exists already (id {other.ShortId}); choose another name, or remove it with Remove-BridgeContainer.",
                    name
                )
            );
        }
    }
}
