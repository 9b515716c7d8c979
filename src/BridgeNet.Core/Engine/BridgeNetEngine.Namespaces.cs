using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Model;

namespace BridgeNet.Engine;

/// <content>Namespaces of containers: created, removed and moved, each by its identity.</content>
internal sealed partial class BridgeNetEngine
{
    private Step CreateNamespaceStep(ContainerSpace space)
    {
        ulong created = 0;
        return new(CreateNamespaceWords(space.Container),
            () =>
            {
                created = CreateNamespace(space);
            },
            () => NetworkNamespace.Release(space.Path, created),
            space.Dispose);
    }

    private static string CreateNamespaceWords(ContainerRow container) => container.Kind == ContainerKind.Host
        ? $"touch {container.NetNSPath}; mount --bind /proc/self/ns/net {container.NetNSPath}"
        : $"ip netns add {container.Name}";

    /// <summary>Creates the namespace of a container. The journal knows its identity before it has a name, so that what a killed command leaves can be told from what others put there.</summary>
    /// <returns>Its cookie.</returns>
    private ulong CreateNamespace(ContainerSpace space)
    {
        NetworkNamespace created = space.Container.Kind == ContainerKind.Host ? NetworkNamespace.Current() : NetworkNamespace.Create();
        space.Set(created);
        _journal.Write(new Intent { Host = Host, Namespaces = [new NamespaceIntent(space.Path, created.Cookie)] });
        created.Keep(space.Path);
        return created.Cookie;
    }

    private Step DeleteNamespaceStep(ContainerRow container)
    {
        string path = container.NetNSPath;
        NetworkNamespace? held = null;
        return new($"ip netns delete {container.Name}",
            () =>
            {
                // Held until the change is recorded, so that it can come back with all that runs in it.
                held = Door.TryOpen(container);
                Release(path, held?.Cookie ?? 0, $"of container '{container.Name}'");
            },
            () => held?.Keep(path),
            () => held?.Dispose());
    }

    private void Move(ContainerRow from, ContainerRow to)
    {
        // Not there when it is undone before it was done, or when it is gone.
        using NetworkNamespace? space = Door.TryOpen(from);
        space?.Keep(to.NetNSPath);
        Release(from.NetNSPath, space?.Cookie ?? 0, $"of container '{from.Name}'");
    }

    /// <summary>Removes what keeps a namespace at a path; something else that is there by now stays.</summary>
    private void Release(string path, ulong cookie, string whose)
    {
        if (!NetworkNamespace.Release(path, cookie))
            Warn($"What is at {path} is not the namespace {whose}, so it was left alone.");
    }
}
