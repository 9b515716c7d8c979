using System.Text;
using BridgeNet.Model;
using BridgeNet.Native;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace BridgeNet.Containers;

/// <summary>
/// The directory with a container's <c>hosts</c> and <c>resolv.conf</c>: <c>/etc/netns/NAME</c> (<c>ip netns exec</c>
/// bind-mounts its files over those in <c>/etc</c>), or a directory under the state directory. Only regular files that begin with <see
/// cref="Marker"/>
/// are written or removed; all other files belong to an admin.
/// </summary>
internal sealed class ContainerFiles(string location) : IContainerFiles
{
    /// <summary>The first words of our files; the rest of that line is for people.</summary>
    public const string Marker = "# Written by BridgeNet";

    /// <summary>The names of both files.</summary>
    public const string Hosts = "hosts",
        ResolvConf = "resolv.conf";

    private const ushort DirectoryMode = 0b111_101_101,
        FileMode = 0b110_100_100; // 0755, 0644

    private static readonly byte[] s_marker = Encoding.ASCII.GetBytes(Marker);

    /// <inheritdoc/>
    public string Location { get; } = location;

    /// <summary>Writes both files, and creates missing ones. The texts begin with <see cref="Marker"/>.</summary>
    /// <returns>The foreign files, which were left alone.</returns>
    public IReadOnlyList<FileLeftAlone> Write(string hosts, string resolvConf) =>
        Translate(
            "written",
            () =>
            {
                using DirectoryFiles parent = OpenParent(create: true)!;
                using DirectoryFiles files = Trusted(parent.CreateDirectory(Name, DirectoryMode));
                List<FileLeftAlone> left = [];
                Write(files, Hosts, hosts, left);
                Write(files, ResolvConf, resolvConf, left);
                return left;
            }
        );

    /// <inheritdoc/>
    public string? Differing(string hosts, string resolvConf) =>
        Translate(
            "read",
            () =>
            {
                using DirectoryFiles? parent = OpenParent(),
                    files = Open(parent);
                foreach ((string name, string text) in ((string, string)[])[(Hosts, hosts), (ResolvConf, resolvConf)])
                {
                    if (files is null || Differs(files, name, Encoding.UTF8.GetBytes(text)))
                        return Path.Combine(Location, name);
                }
                return null;
            }
        );

    /// <inheritdoc/>
    public void Remove() =>
        Translate(
            "removed",
            () =>
            {
                using DirectoryFiles? parent = OpenParent(),
                    files = Open(parent);
                foreach (string name in files is null ? (string[])[] : [Hosts, ResolvConf])
                {
                    if (IsOurs(files!, name))
                        files!.Delete(name);
                }
                parent?.RemoveDirectoryIfEmpty(Name);
                return true;
            }
        );

    /// <inheritdoc/>
    public IContainerFiles MoveTo(string target) =>
        Translate<IContainerFiles>(
            "moved",
            () =>
            {
                ContainerFiles moved = new(target);
                using DirectoryFiles? parent = OpenParent(),
                    files = Open(parent);
                if (files is null)
                    return moved;
                using DirectoryFiles parentThere = moved.OpenParent(create: true)!;
                if (parent!.TryMove(Name, parentThere, moved.Name))
                    return moved;
                using DirectoryFiles there = moved.Open(parentThere) ?? throw new NativeException($"open {target}", ENOENT);
                foreach (string name in (string[])[Hosts, ResolvConf])
                {
                    if (IsOurs(files, name) && !files.TryMove(name, there, name))
                        files.Delete(name);
                }
                parent.RemoveDirectoryIfEmpty(Name);
                return moved;
            }
        );

    private string Name => Path.GetFileName(Location);

    /// <summary>
    /// Opens the parent of our directory, by a path without links that no other user could have redirected; null if it does not exist. All
    /// later operations use this open directory, regardless of what its name leads to by then.
    /// </summary>
    private DirectoryFiles? OpenParent(bool create = false)
    {
        if (UntrustedOwner.OnPath(Location, FileStatus.Self, out string real) is { } untrusted)
            throw Refused(untrusted);
        string parent = Path.GetDirectoryName(real)!;
        if (create)
            DirectoryFiles.CreateAll(parent, DirectoryMode);
        return DirectoryFiles.TryOpen(parent);
    }

    private DirectoryFiles? Open(DirectoryFiles? parent) => parent?.TryOpenDirectory(Name) is { } files ? Trusted(files) : null;

    private DirectoryFiles Trusted(DirectoryFiles files)
    {
        if (UntrustedOwner.Of(Location, files.Status, FileStatus.Self) is not { } untrusted)
            return files;
        files.Dispose();
        throw Refused(untrusted);
    }

    private BridgeNetException Refused(UntrustedOwner untrusted) =>
        new(
            ErrorIds.StateUnusable,
            ProblemCategory.SecurityError,
            $"The name files of a container in '{Location}' were not changed: {untrusted.Path} {untrusted.Reason}, so another user could forge names. "
                + "Make root its only owner and writer (chown, chmod go-w).",
            Location
        );

    private void Write(DirectoryFiles files, string name, string text, List<FileLeftAlone> left)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        SafeFileHandle? there;
        try
        {
            there = files.TryOpenFile(name);
        }
        catch (NativeException failure) when (failure.Errno == ELOOP || failure.Errno == EISDIR || failure.Errno == ENXIO)
        {
            left.Add(new(Path.Combine(Location, name), failure.Errno == ELOOP ? "is a symbolic link" : "is not a regular file"));
            return;
        }
        using SafeFileHandle file = there ?? files.CreateFile(name);
        if (there is not null && WhyForeign(name, file) is { } reason)
            left.Add(new(Path.Combine(Location, name), reason));
        else
            Overwrite(file, bytes);
    }

    /// <summary>
    /// Writes in place: a bind mount shows an inode, not a name, so running programs would never see a new file that is renamed over this
    /// one. The price is that a reader can see a partial write. It never finds the file empty, as with O_TRUNC, nor wrong bytes in the
    /// unchanged part: only the difference is written, in one call, padded with line ends to the old length, which are cut off afterwards.
    /// At the cut the kernel may show zeros to a reader, which a resolver ignores as a line.
    /// </summary>
    private static void Overwrite(SafeFileHandle file, byte[] text)
    {
        byte[] old = new byte[RandomAccess.GetLength(file)];
        int length = RandomAccess.Read(file, old, 0);
        if (!old.AsSpan(0, length).SequenceEqual(text))
        {
            int same = old.AsSpan(0, length).CommonPrefixLength(text);
            byte[] rest = new byte[Math.Max(text.Length, length) - same];
            text.AsSpan(same).CopyTo(rest);
            rest.AsSpan(text.Length - same).Fill((byte)'\n');
            RandomAccess.Write(file, rest, same);
            if (length > text.Length)
                RandomAccess.SetLength(file, text.Length);
        }
        if (FileStatus.Of(file).Permissions == 0)
            DirectoryFiles.SetMode(file, FileMode);
    }

    private bool Differs(DirectoryFiles files, string name, byte[] text)
    {
        try
        {
            using SafeFileHandle? file = files.TryOpenFile(name);
            if (file is null)
                return true;
            if (WhyForeign(name, file) is not null)
                return false;
            byte[] now = new byte[RandomAccess.GetLength(file)];
            return RandomAccess.Read(file, now, 0) != text.Length || !now.AsSpan().SequenceEqual(text);
        }
        catch (NativeException failure) when (failure.Errno == ELOOP || failure.Errno == EISDIR || failure.Errno == ENXIO)
        {
            return false; // no file of ours
        }
    }

    private bool IsOurs(DirectoryFiles files, string name)
    {
        try
        {
            using SafeFileHandle? file = files.TryOpenFile(name);
            return file is not null && WhyForeign(name, file) is null;
        }
        catch (NativeException failure) when (failure.Errno == ELOOP || failure.Errno == EISDIR || failure.Errno == ENXIO)
        {
            return false;
        }
    }

    private string? WhyForeign(string name, SafeFileHandle file)
    {
        FileStatus status = FileStatus.Of(file);
        if (!status.IsRegular)
            return "is not a regular file";
        // With another hard link, it may be a file of the machine.
        if (status.Names > 1)
            return $"has {status.Names} names (hard links)";
        if (UntrustedOwner.Of(Path.Combine(Location, name), status, FileStatus.Self) is { } untrusted)
            return untrusted.Reason;
        // A process killed between creating and writing leaves an empty file without permissions, which no other program creates.
        if (status.Permissions == 0 && RandomAccess.GetLength(file) == 0)
            return null;
        Span<byte> start = stackalloc byte[s_marker.Length];
        int read = RandomAccess.Read(file, start, 0);
        return start[..read].SequenceEqual(s_marker) ? null : $"does not begin with '{Marker}'";
    }

    private T Translate<T>(string done, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception failure) when (failure is NativeException or IOException or UnauthorizedAccessException)
        {
            // .NET keeps the errno for which it has no exception.
            int errno = (failure as NativeException)?.Errno ?? failure.HResult;
            string message = $"The name files of a container in '{Location}' could not be {done}: {failure.Message}.";
            throw failure is UnauthorizedAccessException || errno == EACCES || errno == EPERM || errno == EROFS
                ? new BridgeNetException(
                    ErrorIds.PermissionDenied,
                    ProblemCategory.PermissionDenied,
                    $"{message} Run as root, or make the directory writable.",
                    Location,
                    failure
                )
            : errno == ENOSPC
                ? new BridgeNetException(
                    ErrorIds.StateUnusable,
                    ProblemCategory.ResourceUnavailable,
                    $"{message} Free disk space, then try again.",
                    Location,
                    failure
                )
            : errno == ENOTDIR || errno == ELOOP
                ? new BridgeNetException(
                    ErrorIds.NamespaceFailed,
                    ProblemCategory.InvalidOperation,
                    $"{message} It is a symbolic link or a file; replace it with a directory.",
                    Location,
                    failure
                )
            : new BridgeNetException(ErrorIds.NamespaceFailed, ProblemCategory.ResourceUnavailable, message, Location, failure);
        }
    }
}
