using System.Text;
using BridgeNet.Model;
using BridgeNet.Native;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace BridgeNet.Namespaces;

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

    private const string Hosts = "hosts", ResolvConf = "resolv.conf";
    private const ushort DirectoryMode = 0b111_101_101, FileMode = 0b110_100_100; // 0755, 0644

    private static readonly byte[] s_marker = Encoding.ASCII.GetBytes(Marker);

    /// <summary>The path of the directory, which need not exist.</summary>
    public string Location { get; } = location;

    /// <summary>Makes both files say this; makes what is missing. Texts begin with <see cref="Marker"/>.</summary>
    /// <returns>The files that are somebody else's and stayed as they were.</returns>
    public IReadOnlyList<FileLeftAlone> Write(string hosts, string resolvConf) => Translate("written", () =>
    {
        if (Path.GetDirectoryName(Location) is { } parent)
            Directory.CreateDirectory(parent);
        DirectoryFiles.Create(Location, DirectoryMode);
        List<FileLeftAlone> left = [];
        using DirectoryFiles files = DirectoryFiles.TryOpen(Location) ?? throw new NativeException($"open {Location}", ENOENT);
        Write(files, Hosts, hosts, left);
        Write(files, ResolvConf, resolvConf, left);
        return left;
    });

    /// <summary>The path of the first file that is missing, or ours and says something else; null when there is none.</summary>
    public string? Differing(string hosts, string resolvConf) => Translate("read", () =>
    {
        using DirectoryFiles? files = DirectoryFiles.TryOpen(Location);
        foreach ((string name, string text) in ((string, string)[])[(Hosts, hosts), (ResolvConf, resolvConf)])
        {
            if (files is null || Differs(files, name, Encoding.UTF8.GetBytes(text)))
                return Path.Combine(Location, name);
        }
        return null;
    });

    /// <summary>Removes our files, and the directory unless something else is in it. Programs that run keep what they see.</summary>
    public void Remove() => Translate("removed", () =>
    {
        using DirectoryFiles? files = DirectoryFiles.TryOpen(Location);
        foreach (string name in files is null ? (string[])[] : [Hosts, ResolvConf])
        {
            if (IsOurs(files!, name))
                files!.Delete(name);
        }
        DirectoryFiles.RemoveIfEmpty(Location);
        return true;
    });

    /// <summary>
    /// Follows a container to its new name. The files stay the same inodes, so that running programs see later updates.
    /// Into a directory that is there already, only our files move, and those whose name is taken there are removed.
    /// </summary>
    public ContainerFiles MoveTo(string target) => Translate("moved", () =>
    {
        using DirectoryFiles? files = DirectoryFiles.TryOpen(Location);
        if (files is null)
            return new ContainerFiles(target);
        if (!Path.Exists(target))
        {
            Directory.Move(Location, target);
            return new ContainerFiles(target);
        }
        using DirectoryFiles? there = DirectoryFiles.TryOpen(target); // refuses a link
        foreach (string name in (string[])[Hosts, ResolvConf])
        {
            if (!IsOurs(files, name))
                continue;
            if (!Path.Exists(Path.Combine(target, name)))
                File.Move(Path.Combine(Location, name), Path.Combine(target, name));
            else
                files.Delete(name);
        }
        DirectoryFiles.RemoveIfEmpty(Location);
        return new ContainerFiles(target);
    });

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
        if (there is not null && WhyForeign(file) is { } reason)
            left.Add(new(Path.Combine(Location, name), reason));
        else
            Overwrite(file, bytes);
    }

    /// <summary>
    /// In place: a bind mount shows an inode and not a name, so a new file renamed over this one would never be seen by
    /// programs that run. The price is that the kernel lets a reader look in the middle of a write. He never finds the file
    /// empty, as with O_TRUNC, nor anything amiss in what stays the same: only what differs is written, at once, with line ends up to the old
    /// length, and these are cut off afterwards.
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
        if (DirectoryFiles.RegularMode(file) == 0)
            DirectoryFiles.SetMode(file, FileMode);
    }

    private static bool Differs(DirectoryFiles files, string name, byte[] text)
    {
        try
        {
            using SafeFileHandle? file = files.TryOpenFile(name);
            if (file is null)
                return true;
            if (WhyForeign(file) is not null)
                return false;
            byte[] now = new byte[RandomAccess.GetLength(file)];
            return RandomAccess.Read(file, now, 0) != text.Length || !now.AsSpan().SequenceEqual(text);
        }
        catch (NativeException failure) when (failure.Errno == ELOOP || failure.Errno == EISDIR || failure.Errno == ENXIO)
        {
            return false; // no file of ours
        }
    }

    private static bool IsOurs(DirectoryFiles files, string name)
    {
        try
        {
            using SafeFileHandle? file = files.TryOpenFile(name);
            return file is not null && WhyForeign(file) is null;
        }
        catch (NativeException failure) when (failure.Errno == ELOOP || failure.Errno == EISDIR || failure.Errno == ENXIO)
        {
            return false;
        }
    }

    private static string? WhyForeign(SafeFileHandle file)
    {
        if (DirectoryFiles.RegularMode(file) is not { } mode)
            return "is not a regular file";
        // Killed between making and writing it, we leave an empty file without any permission, which nobody else makes.
        if (mode == 0 && RandomAccess.GetLength(file) == 0)
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
                ? new BridgeNetException(ErrorIds.PermissionDenied, ProblemCategory.PermissionDenied, $"{message} Run as root, or where the directory can be written.", Location, failure)
                : errno == ENOSPC
                    ? new BridgeNetException(ErrorIds.StateUnusable, ProblemCategory.ResourceUnavailable, $"{message} Make room on its disk, then try again.", Location, failure)
                : errno == ENOTDIR || errno == ELOOP
                    ? new BridgeNetException(ErrorIds.NamespaceFailed, ProblemCategory.InvalidOperation, $"{message} It is a symbolic link or a file; a directory is needed there.", Location, failure)
                    : new BridgeNetException(ErrorIds.NamespaceFailed, ProblemCategory.ResourceUnavailable, message, Location, failure);
        }
    }
}
