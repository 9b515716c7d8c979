using static Tmds.Linux.LibC;

namespace BridgeNet.Native;

/// <summary>Who else could change a file, or lead its path elsewhere: others than root and one user.</summary>
/// <param name="Path">What they could change: the file itself, or a directory or link on the way to it.</param>
/// <param name="Reason">How, to end a sentence that begins with the path: <c>belongs to user 1000 (eve)</c>.</param>
/// <remarks>
/// <para>
/// A walk from / downwards needs no open directories: where nobody else can change what was passed, the names below it lead
/// where they led. In a sticky directory, such as /tmp, nobody else can rename or remove what belongs to root or to the user.
/// </para>
/// <para>
/// A group that may write is a stranger but for root's, and for one that has the number of the user, which by the custom of
/// distributions is that user's alone. Those of an access list (acl(5)) are looked at one by one.
/// </para>
/// <para>
/// In a user namespace, all who are not of it look the same: the kernel shows the number of nobody (65534) for the machine's
/// root and for every other user. Directories on the way, and programs, are root's as a rule, so that number is
/// believed of them, where nobody of the namespace itself has it; never of a state. Outside, it is a user like others:
/// also who owns what root writes to an NFS that squashes root.
/// </para>
/// </remarks>
internal readonly record struct Stranger(string Path, string Reason)
{
    private const uint Root = 0,
        Nobody = 65534; // linux/highuid.h: DEFAULT_OVERFLOWUID
    private const int MaxLinks = 40; // linux/namei.h: MAXSYMLINKS

    /// <summary>Who could make a path lead elsewhere; null for nobody. What is not there ends the walk: it is nobody's yet.</summary>
    /// <param name="path">An absolute path.</param>
    /// <param name="user">The user who is trusted besides root.</param>
    public static Stranger? Above(string path, uint user) => Walk(path, user, out _, out _);

    /// <inheritdoc cref="Above(string, uint)"/>
    /// <param name="path">An absolute path.</param>
    /// <param name="user">The user who is trusted besides root.</param>
    /// <param name="real">Where it leads, without symbolic links but perhaps the last.</param>
    public static Stranger? Above(string path, uint user, out string real) => Walk(path, user, out real, out _);

    /// <summary>Who could make a path lead elsewhere, or change the program that it leads to through links; null for nobody, and for what is no program.</summary>
    public static Stranger? OfProgram(string path, out bool isThere)
    {
        isThere = false;
        for (int links = 0; links < MaxLinks; links++)
        {
            if (Walk(path, Root, out string real, out FileStatus? status) is { } above)
                return above;
            if (status is not { } file)
                return null;
            if (WhoWrites(real, file, Root, passing: true) is { } writer)
                return writer;
            if (!file.IsLink)
            {
                isThere = file is { IsRegular: true, IsExecutable: true };
                return null;
            }
            path = Follow(real);
        }
        return new(path, "is a symbolic link without an end");
    }

    /// <summary>Who besides root and a user can write to a file or directory itself; null for nobody.</summary>
    /// <param name="path">The file; its status is not read again.</param>
    /// <param name="status">Its status.</param>
    /// <param name="user">The user who is trusted besides root.</param>
    public static Stranger? Of(string path, FileStatus status, uint user) => WhoWrites(path, status, user, passing: false);

    private static Stranger? Walk(string path, uint user, out string real, out FileStatus? status)
    {
        Stack<string> left = Names(path);
        int links = 0;
        real = "/";
        status = FileStatus.Of(real);
        while (status is { } here && left.TryPop(out string? name))
        {
            if (here is { IsLink: false } && WhoWrites(real, here, user, passing: true) is { } writer)
                return writer;
            real = name == ".." ? System.IO.Path.GetDirectoryName(real) ?? "/" : System.IO.Path.Combine(real, name);
            status = FileStatus.Of(real);
            if (status is not { IsLink: true } link || left.Count == 0)
                continue;
            if (WhoWrites(real, link, user, passing: true) is { } linker)
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
    /// <param name="user">The user who is trusted besides root.</param>
    /// <param name="passing">Whether it is passed on the way, or run, and not itself what belongs to the user.</param>
    private static Stranger? WhoWrites(string path, FileStatus status, uint user, bool passing)
    {
        bool unknown = passing && status.Owner == Nobody && !UserMap.Users.Has(Nobody);
        if (status.Owner != Root && status.Owner != user && !unknown)
            return new(path, $"belongs to {Accounts.User(status.Owner)}");
        // Everybody has all the permissions of a link, which mean nothing; and who may add to a sticky directory cannot replace.
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

    /// <summary>The whole path that a link stands for.</summary>
    private static string Follow(string link) =>
        new FileInfo(link).LinkTarget is { } target
            ? System.IO.Path.Combine(System.IO.Path.GetDirectoryName(link) ?? "/", target)
            : throw new NativeException($"readlink {link}", ENOENT);

    private static Stack<string> Names(string path) => new(path.Split('/').Where(static name => name is not ("" or ".")).Reverse());
}
