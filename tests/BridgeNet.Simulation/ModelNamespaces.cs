using System.Runtime.InteropServices;
using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Simulation;

/// <summary>The descriptor of a modelled namespace.</summary>
internal sealed class ModelHandle : SafeHandle
{
    /// <param name="cookie">The namespace.</param>
    public ModelHandle(ulong cookie)
        : base(0, ownsHandle: false) => Cookie = cookie;

    /// <summary>The namespace.</summary>
    public ulong Cookie { get; }

    /// <inheritdoc/>
    public override bool IsInvalid => false;

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => true;
}

/// <summary>An open modelled namespace.</summary>
internal sealed class ModelNamespace : INetworkNamespace
{
    private readonly ModelProcess _process;
    private readonly ModelHandle _handle;
    private bool _open = true;

    /// <param name="process">The process.</param>
    /// <param name="space">The namespace.</param>
    public ModelNamespace(ModelProcess process, WorldNamespace space)
    {
        _process = process;
        _handle = new ModelHandle(space.Cookie);
        Inode = space.Inode;
        process.World.Handles.Add((process.Id, space.Cookie));
    }

    /// <inheritdoc/>
    public SafeHandle Handle => _handle;

    /// <inheritdoc/>
    public ulong Inode { get; }

    /// <inheritdoc/>
    public ulong Cookie => _handle.Cookie;

    /// <inheritdoc/>
    public ulong? CookieFromOutside => Cookie;

    /// <inheritdoc/>
    public void Keep(string bindMountPath)
    {
        World world = _process.World;
        if (_process.Look(() => world.Mounts.TryGetValue(bindMountPath, out ulong there) && there == Cookie))
            return;
        _process.Do(
            "namespace.keep",
            $"mount --bind {bindMountPath}",
            () =>
            {
                if (world.Mounts.ContainsKey(bindMountPath) || world.Files.Read(bindMountPath) is { Length: > 0 })
                    throw new BridgeNetException(
                        ErrorIds.ContainerExists,
                        ProblemCategory.ResourceExists,
                        $"'{bindMountPath}' exists already.",
                        bindMountPath
                    );
                world.Files.Delete(bindMountPath);
                world.Mounts.Add(bindMountPath, Cookie);
            },
            () => ModelNamespaces.Failure(bindMountPath),
            () =>
            {
                if (!world.Mounts.ContainsKey(bindMountPath) && world.Files.Read(bindMountPath) is null)
                    world.Files.Write(bindMountPath, "");
            }
        );
    }

    /// <inheritdoc/>
    public T Run<T>(Func<T> work) => _process.In(Cookie, work);

    /// <inheritdoc/>
    public IRtnetlink OpenRtnetlink() => new ModelRtnetlink(_process, Cookie);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_open)
            return;
        _open = false;
        _handle.Dispose();
        _process.World.Handles.Remove((_process.Id, Cookie));
        _process.World.EndUnheld();
    }
}

/// <summary>The namespaces of a modelled machine.</summary>
/// <param name="process">The process.</param>
internal sealed class ModelNamespaces(ModelProcess process) : INamespaces
{
    /// <inheritdoc/>
    public INetworkNamespace Current() => process.Look(() => new ModelNamespace(process, process.Space));

    /// <inheritdoc/>
    public INetworkNamespace Create() =>
        process.Do(
            "namespace.create",
            "unshare --net",
            () =>
            {
                WorldNamespace created = process.World.CreateNamespace();
                created.SetUp(created.Links.Values.First(), true);
                return new ModelNamespace(process, created);
            },
            static () => Failure("a new namespace")
        );

    /// <inheritdoc/>
    public INetworkNamespace Open(string path) =>
        TryOpen(path)
        ?? throw new BridgeNetException(
            ErrorIds.NamespaceFailed,
            ProblemCategory.ObjectNotFound,
            $"There is no network namespace at '{path}'.",
            path
        );

    /// <inheritdoc/>
    public INetworkNamespace? TryOpen(string path) =>
        process.Look(() =>
            process.World.Mounts.TryGetValue(path, out ulong cookie) ? new ModelNamespace(process, process.World.Namespaces[cookie]) : null
        );

    /// <inheritdoc/>
    public bool Release(string path, ulong cookie)
    {
        World world = process.World;
        return process.Do(
            "namespace.release",
            $"umount {path}",
            () =>
            {
                if (world.Mounts.TryGetValue(path, out ulong there))
                {
                    if (there != cookie)
                        return false;
                    world.Mounts.Remove(path);
                    world.EndUnheld();
                }
                if (world.Files.Read(path) is { Length: > 0 })
                    return false;
                world.Files.Delete(path);
                return true;
            },
            () => Failure(path),
            () =>
            {
                // Unmounted, and the empty file under it left.
                if (world.Mounts.TryGetValue(path, out ulong there) && there == cookie)
                {
                    world.Mounts.Remove(path);
                    world.Files.Write(path, "");
                    world.EndUnheld();
                }
            }
        );
    }

    /// <inheritdoc/>
    public bool Exists(string path) =>
        process.Look(() => process.World.Mounts.ContainsKey(path) || process.World.Files.Read(path) is not null);

    /// <inheritdoc/>
    public bool IsOccupied(string path) => process.Look(() => process.World.Files.Read(path) is { Length: > 0 });

    /// <inheritdoc/>
    public ulong? ProcessStart(int processId) => null;

    /// <summary>That a namespace could not be worked on.</summary>
    public static Exception Failure(string path) =>
        new BridgeNetException(
            ErrorIds.NamespaceFailed,
            ProblemCategory.ResourceUnavailable,
            $"The namespace at '{path}' could not be changed: injected.",
            path
        );
}
