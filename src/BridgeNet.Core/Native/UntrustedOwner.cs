using static Tmds.Linux.LibC;

namespace BridgeNet.Native;

/// <summary>An untrusted owner: a user other than root and one trusted user who could change a file, or redirect its path.</summary>
/// <param name="Path">What the user could change: the file itself, or a directory or link on its path.</param>
/// <param name="Reason">The reason, as the end of a sentence that begins with the path: <c>belongs to user 1000 (eve)</c>.</param>
/// <remarks>
/// <para>
/// The walk goes from / downwards and needs no open directories: if only trusted users can change the directories already passed, the names
/// below them cannot change their target. In a sticky directory, such as /tmp, other users cannot rename or remove files of root or of the
/// trusted user.
/// </para>
/// <para>
/// A group with write permission is untrusted, except root's group and a group with the same number as the user: distributions by custom
/// create such a group for that user alone. The entries of an access list (acl(5)) are checked one by one.
/// </para>
/// <para>
/// In a user namespace, all users outside of it look the same: the kernel shows the id of "nobody" (65534) for the machine's root and for
/// every other user. Directories on a path, and programs, usually belong to root, so this id is trusted for them, if no user of the
/// namespace itself has it; it is never trusted for a state. Outside of user namespaces it is an ordinary user: for example, it owns the
/// files that root writes to an NFS export with root_squash.
/// </para>
/// </remarks>
internal readonly record struct UntrustedOwner(string Path, string Reason)
{
    private const uint Root = 0,
        Nobody = 65534; // linux/highuid.h: DEFAULT_OVERFLOWUID
    private const int MaxLinks = 40; // linux/namei.h: MAXSYMLINKS

    /// <summary>
    /// Finds a user who could redirect a path; null if none. The walk ends at the first name that does not exist: a file that does not
    /// exist has no owner yet.
    /// </summary>
    /// <param name="path">An absolute path.</param>
    /// <param name="user">The trusted user besides root.</param>
    public static UntrustedOwner? OnPath(string path, uint user) => Walk(path, user, out _, out _);

    /// <inheritdoc cref="OnPath(string, uint)"/>
    /// <param name="path">An absolute path.</param>
    /// <param name="user">The trusted user besides root.</param>
    /// <param name="real">The target of the path, without symbolic links except possibly the last name.</param>
    public static UntrustedOwner? OnPath(string path, uint user, out string real) => Walk(path, user, out real, out _);

    /// <summary>
    /// Finds a user who could redirect a path, or change the program that it leads to through links; null if none, or if it is no program.
    /// </summary>
    public static UntrustedOwner? OfProgram(string path, out bool exists)
    {
        exists = false;
        for (int links = 0; links < MaxLinks; links++)
        {
            if (Walk(path, Root, out string real, out FileStatus? status) is { } above)
                return above;
            if (status is not { } file)
                return null;
            if (FindWriter(real, file, Root, passing: true) is { } writer)
                return writer;
            if (!file.IsLink)
            {
                exists = file is { IsRegular: true, IsExecutable: true };
                return null;
            }
            path = Follow(real);
        }
        return new(path, "is a symbolic link without an end");
    }

    /// <summary>Finds a user, other than root and the trusted user, who can write to a file or directory itself; null if none.</summary>
    /// <param name="path">The path of the file, for the result.</param>
    /// <param name="status">Its status.</param>
    /// <param name="user">The trusted user besides root.</param>
    public static UntrustedOwner? Of(string path, FileStatus status, uint user) => FindWriter(path, status, user, passing: false);

    private static UntrustedOwner? Walk(string path, uint user, out string real, out FileStatus? status)
    {
        Stack<string> left = Names(path);
        int links = 0;
        real = "/";
        status = FileStatus.Of(real);
        while (status is { } here && left.TryPop(out string? name))
        {
            if (here is { IsLink: false } && FindWriter(real, here, user, passing: true) is { } writer)
                return writer;
            real = name == ".." ? System.IO.Path.GetDirectoryName(real) ?? "/" : System.IO.Path.Combine(real, name);
            status = FileStatus.Of(real);
            if (status is not { IsLink: true } link || left.Count == 0)
                continue;
            if (FindWriter(real, link, user, passing: true) is { } linker)
                return linker;
            if (++links > MaxLinks)
                return new(path, "is a symbolic link without an end");
            foreach (string next in Names(Follow(real)).Reverse())
                left.Push(next);
            real = "/";
            status = FileStatus.Of(real);
        }
        foreach (string missing in left)
            real = System.IO.Path.Combine(real, missing);
        return null;
    }

    /// <param name="path">The file.</param>
    /// <param name="status">Its status.</param>
    /// <param name="user">The trusted user besides root.</param>
    /// <param name="passing">Whether it is a part of the path, or a program, and not the state of the user itself.</param>
    private static UntrustedOwner? FindWriter(string path, FileStatus status, uint user, bool passing)
    {
        bool unknown = passing && status.Owner == Nobody && !UserMap.Users.Has(Nobody);
        if (status.Owner != Root && status.Owner != user && !unknown)
            return new(path, $"belongs to {Accounts.User(status.Owner)}");
        // The permission bits of a link have no meaning. In a sticky directory, users can add files but cannot replace those of another
        // user.
        if (status.IsLink || (passing && status is { IsDirectory: true, IsSticky: true }))
            return null;
        if (status.IsOpen)
            return new(path, "can be written by every user");
        if (!status.IsOpenToGroup)
            return null;
        bool IsHarmless(uint group) =>
            UserMap.Groups.Has(group)
            && (UserMap.Groups.Outside(group) is var number)
            && (number == Root || number == UserMap.Users.Outside(user));
        IReadOnlyList<string> writers =
            AccessList.Writers(path, status.Group, IsHarmless) ?? (IsHarmless(status.Group) ? [] : [Accounts.Group(status.Group)]);
        return writers.Count == 0 ? null : new(path, $"can be written by {string.Join(" and ", writers)}");
    }

    /// <summary>The absolute path of a link's target.</summary>
    private static string Follow(string link) =>
        new FileInfo(link).LinkTarget is { } target
            ? System.IO.Path.Combine(System.IO.Path.GetDirectoryName(link) ?? "/", target)
            : throw new NativeException($"readlink {link}", ENOENT);

    private static Stack<string> Names(string path) => new(path.Split('/').Where(static name => name is not ("" or ".")).Reverse());
}
