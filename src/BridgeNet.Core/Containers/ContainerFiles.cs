using System.Text;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Native;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace BridgeNet.Containers;

/// <summary>A file that is not ours and so was left as it is.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Reason">What it is instead, to end a sentence that begins with the path.</param>
internal sealed record FileLeftAlone(string Path, string Reason);

/// <summary>
/// The directory with a container's <c>hosts</c> and <c>resolv.conf</c>: <c>/etc/netns/NAME</c>, whose files
/// <c>ip netns exec</c> binds over those in <c>/etc</c>, or one under the state directory. Only regular files that begin
/// with <see cref="Marker"/> are ever written to or removed; everything else is an admin's.
/// </summary>
internal sealed class ContainerFiles(string location)
{
    /// <summary>How a file of ours begins; what follows on that line is for people.</summary>
    public const string Marker = "# Written by BridgeNet";

    private const string Hosts = "hosts",
        ResolvConf = "resolv.conf";
    private const ushort DirectoryMode = 0b111_101_101,
        FileMode = 0b110_100_100; // 0755, 0644

    private static readonly byte[] s_marker = Encoding.ASCII.GetBytes(Marker);

    /// <summary>The path of the directory, which need not exist.</summary>
    public string Location { get; } = location;

    /// <summary>The path of <c>hosts</c> in it.</summary>
    public string HostsPath => Path.Combine(Location, Hosts);

    /// <summary>The path of <c>resolv.conf</c> in it.</summary>
    public string ResolvConfPath => Path.Combine(Location, ResolvConf);

    /// <summary>Makes both files say this; makes what is missing. Texts begin with <see cref="Marker"/>.</summary>
    /// <returns>The foreign files, which stayed as they were.</returns>
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

    /// <summary>The path of the first file that is missing, or ours and says something else; null when there is none.</summary>
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

    /// <summary>Removes our files, and the directory unless something else is in it. Programs that run keep what they see.</summary>
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

    /// <summary>
    /// Follows a container to its new name. The files stay the same inodes, so that running programs see later updates.
    /// Into a directory that is there already, only our files move, and those whose name is taken there are removed.
    /// </summary>
    public ContainerFiles MoveTo(string target) =>
        Translate(
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
    /// Opens the directory above ours, by the path without links to which nobody else could have led us; null where there is none.
    /// Whatever is done after that is done in this directory, whatever its name leads to by then.
    /// </summary>
    private DirectoryFiles? OpenParent(bool create = false)
    {
        if (Stranger.Above(Location, FileStatus.Self, out string real) is { } stranger)
            throw Refused(stranger);
        string parent = Path.GetDirectoryName(real)!;
        if (create)
            DirectoryFiles.CreateAll(parent, DirectoryMode);
        return DirectoryFiles.TryOpen(parent);
    }

    private DirectoryFiles? Open(DirectoryFiles? parent) => parent?.TryOpenDirectory(Name) is { } files ? Trusted(files) : null;

    private DirectoryFiles Trusted(DirectoryFiles files)
    {
        if (Stranger.Of(Location, files.Status, FileStatus.Self) is not { } stranger)
            return files;
        files.Dispose();
        throw Refused(stranger);
    }

    private BridgeNetException Refused(Stranger stranger) =>
        new(
            ErrorIds.StateUnusable,
            ProblemCategory.SecurityError,
            $"The name files of a container in '{Location}' are not touched, for {stranger.Path} {stranger.Reason}: names would be what they say. "
                + "Let it belong to root alone (chown, chmod go-w).",
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
    /// In place: a bind mount shows an inode and not a name, so a new file renamed over this one would never be seen by
    /// programs that run. The price is that the kernel lets a reader look in the middle of a write. He never finds the file
    /// empty, as with O_TRUNC, nor anything wrong in what stays the same: only what differs is written, at once, with line ends up to the old
    /// length, and these are cut off afterwards. The kernel may show zeros to him where it cuts: to a resolver, a line that says nothing.
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
        // By another name it may be a file of the machine.
        if (status.Names > 1)
            return $"has {status.Names} names (hard links)";
        if (Stranger.Of(Path.Combine(Location, name), status, FileStatus.Self) is { } stranger)
            return stranger.Reason;
        // Killed between making and writing it, we leave an empty file without any permission, which nobody else makes.
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
            // .NET keeps the number that it has no exception for.
            int errno = (failure as NativeException)?.Errno ?? failure.HResult;
            string message = $"The name files of a container in '{Location}' could not be {done}: {failure.Message}.";
            throw failure is UnauthorizedAccessException || errno == EACCES || errno == EPERM || errno == EROFS
                ? new BridgeNetException(
                    ErrorIds.PermissionDenied,
                    ProblemCategory.PermissionDenied,
                    $"{message} Run as root, or where the directory can be written.",
                    Location,
                    failure
                )
            : errno == ENOSPC
                ? new BridgeNetException(
                    ErrorIds.StateUnusable,
                    ProblemCategory.ResourceUnavailable,
                    $"{message} Make room on its disk, then try again.",
                    Location,
                    failure
                )
            : errno == ENOTDIR || errno == ELOOP
                ? new BridgeNetException(
                    ErrorIds.NamespaceFailed,
                    ProblemCategory.InvalidOperation,
                    $"{message} It is a symbolic link or a file; a directory is needed there.",
                    Location,
                    failure
                )
            : new BridgeNetException(ErrorIds.NamespaceFailed, ProblemCategory.ResourceUnavailable, message, Location, failure);
        }
    }
}
