using BridgeNet.Containers;
using BridgeNet.State;

namespace BridgeNet.Simulation;

/// <summary>The files of a modelled machine.</summary>
/// <param name="process">The process.</param>
internal sealed class ModelFiles(ModelProcess process) : IHostFiles
{
    /// <inheritdoc/>
    public string? Read(string path) => process.Look(() => process.World.Files.Read(path));

    /// <inheritdoc/>
    public IContainerFiles Of(string location) => new ModelContainerFiles(process, location);
}

/// <summary>The name files of a container.</summary>
/// <param name="process">The process.</param>
/// <param name="location">Their directory.</param>
internal sealed class ModelContainerFiles(ModelProcess process, string location) : IContainerFiles
{
    private WorldFiles Files => process.World.Files;

    /// <inheritdoc/>
    public string Location => location;

    private string HostsPath => ((IContainerFiles)this).HostsPath;

    private string ResolvConfPath => ((IContainerFiles)this).ResolvConfPath;

    /// <inheritdoc/>
    public IReadOnlyList<FileLeftAlone> Write(string hosts, string resolvConf)
    {
        if (process.Look(() => Files.Read(HostsPath) == hosts && Files.Read(ResolvConfPath) == resolvConf))
            return [];
        List<FileLeftAlone> left = [];
        return process.Do<IReadOnlyList<FileLeftAlone>>(
            "names.write",
            $"write {location}",
            () =>
            {
                WriteOne(HostsPath, hosts, left);
                WriteOne(ResolvConfPath, resolvConf, left);
                return left;
            },
            Failure,
            () => WriteOne(HostsPath, hosts, left)
        );
    }

    /// <inheritdoc/>
    public string? Differing(string hosts, string resolvConf) =>
        process.Look(() =>
            Differs(HostsPath, hosts) ? HostsPath
            : Differs(ResolvConfPath, resolvConf) ? ResolvConfPath
            : null
        );

    /// <inheritdoc/>
    public void Remove()
    {
        if (process.Look(() => IsOurs(HostsPath) || IsOurs(ResolvConfPath)))
        {
            process.Do(
                "names.remove",
                $"rm -r {location}",
                () =>
                {
                    Delete(HostsPath);
                    Delete(ResolvConfPath);
                },
                Failure,
                () => Delete(HostsPath)
            );
        }
    }

    /// <inheritdoc/>
    public IContainerFiles MoveTo(string target)
    {
        ModelContainerFiles moved = new(process, target);
        if (process.Look(() => IsOurs(HostsPath) || IsOurs(ResolvConfPath)))
        {
            process.Do(
                "names.move",
                $"mv {location} {target}",
                () =>
                {
                    MoveOne(HostsPath, moved.HostsPath);
                    MoveOne(ResolvConfPath, moved.ResolvConfPath);
                },
                Failure
            );
        }
        return moved;
    }

    private static IOException Failure() => new("injected");

    private void WriteOne(string path, string text, List<FileLeftAlone> left)
    {
        if (Files.Read(path) is { Length: > 0 } && !IsOurs(path))
            left.Add(new(path, "does not begin with the mark"));
        else
            Files.Write(path, text);
    }

    private void MoveOne(string path, string target)
    {
        if (IsOurs(path) && Files.Read(target) is null)
            Files.Move(path, target);
        else
            Delete(path);
    }

    private void Delete(string path)
    {
        if (IsOurs(path))
            Files.Delete(path);
    }

    private bool Differs(string path, string text) => Files.Read(path) is not { Length: > 0 } now || (IsOurs(path) && now != text);

    private bool IsOurs(string path) =>
        Files.Read(path) is { } text && (text.Length == 0 || text.StartsWith(ContainerFiles.Marker, StringComparison.Ordinal));
}

/// <summary>The journal of a modelled machine.</summary>
/// <param name="process">The process.</param>
/// <param name="directory">The state directory.</param>
internal sealed class ModelJournal(ModelProcess process, string directory) : IJournalFiles
{
    private WorldFiles Files => process.World.Files;

    /// <inheritdoc/>
    public void Write(string name, Action<Stream> write)
    {
        using MemoryStream content = new();
        write(content);
        string text = System.Text.Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)content.Length);
        process.Do("journal.write", $"write {name} {text}", () => Files.Write(PathOf(name), text), Failure);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string prefix) =>
        process.Look(() =>
            (IReadOnlyList<string>)
                [
                    .. Files
                        .Paths.Where(path => path.StartsWith(PathOf(prefix), StringComparison.Ordinal))
                        .Select(static path => Path.GetFileName(path)),
                ]
        );

    /// <inheritdoc/>
    public Stream? TryOpen(string name) =>
        process.Look(() => Files.Read(PathOf(name)) is { } text ? new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)) : null);

    /// <inheritdoc/>
    public void Delete(string name) => process.Do("journal.delete", $"rm {name}", () => Files.Delete(PathOf(name)), Failure);

    /// <inheritdoc/>
    public void Move(string name, string newName) =>
        process.Do("journal.move", $"mv {name} {newName}", () => Files.Move(PathOf(name), PathOf(newName)), Failure);

    /// <inheritdoc/>
    public string PathOf(string name) => Path.Combine(directory, name);

    private static IOException Failure() => new("injected");
}
