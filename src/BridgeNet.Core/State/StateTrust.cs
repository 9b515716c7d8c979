using BridgeNet.Model;
using BridgeNet.Native;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace BridgeNet.State;

/// <summary>
/// What another user could change or replace would let that user decide about root's network. A state, its files and its
/// journal belong to root or to us, and so does every directory on the way; whatever does not is refused with who could
/// write to it, and is never put right silently.
/// </summary>
internal static class StateTrust
{
    private const ushort OwnerDirectory = 0b111_000_000; // 0700

    private const string Cure =
        "Look into it, then let it belong to you or root alone (chown, chmod go-w), or name a directory of your own in BRIDGENET_STATE";

    /// <summary>Creates the directory of a state, and those above it that are missing, for its owner alone. One that is there stays as it is.</summary>
    /// <exception cref="BridgeNetException">StateUnusable, a SecurityError: another user could redirect the path.</exception>
    public static void Create(string directory)
    {
        Refuse("state", directory, Stranger.Above(directory, FileStatus.Self), Cure);
        DirectoryFiles.CreateAll(directory, OwnerDirectory);
    }

    /// <summary>Accepts a directory that nobody else can change or replace, and one that does not exist.</summary>
    /// <exception cref="BridgeNetException">StateUnusable, a SecurityError.</exception>
    public static void RequireDirectory(string path)
    {
        Stranger? stranger = Stranger.Above(path, FileStatus.Self);
        if (stranger is null && FileStatus.Of(path) is { } status)
            stranger = Link(path, status) ?? Stranger.Of(path, status, FileStatus.Self);
        Refuse("state", path, stranger, Cure);
    }

    /// <summary>Accepts a file, in a directory that is accepted, that nobody else can change, and one that does not exist.</summary>
    /// <exception cref="BridgeNetException">StateUnusable, a SecurityError.</exception>
    public static void RequireFile(string path)
    {
        if (FileStatus.Of(path) is { } status)
            Refuse("state", path, OfFile(path, status), Cure);
    }

    /// <summary>Opens a journal entry to read, in a directory that is accepted. What is looked at is the file that is open, whatever its name leads to by then.</summary>
    /// <exception cref="BridgeNetException">StateUnusable, a SecurityError: not ours, so what it says is not done.</exception>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static FileStream OpenJournal(string path)
    {
        SafeFileHandle file = OpenToRead(path);
        try
        {
            Refuse(
                "journal",
                path,
                OfFile(path, FileStatus.Of(file)),
                "Nothing of it was done. Look into it, then delete it and let Repair-BridgeNetwork see to the rest"
            );
            return new FileStream(file, FileAccess.Read);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static SafeFileHandle OpenToRead(string path)
    {
        try
        {
            using DirectoryFiles? directory = DirectoryFiles.TryOpen(Path.GetDirectoryName(path)!);
            return directory?.TryOpenToRead(Path.GetFileName(path)) ?? throw new FileNotFoundException("it is gone", path);
        }
        catch (NativeException failure) when (failure.Errno == ELOOP)
        {
            throw Refusal("journal", path, new(path, "is a symbolic link"), "Nothing of it was done. Look into it, then delete it");
        }
    }

    private static Stranger? OfFile(string path, FileStatus status) =>
        Link(path, status)
        ?? (
            !status.IsRegular ? new(path, "is not a regular file")
            : status.Names > 1 ? new(path, $"has {status.Names} names (hard links), and others may write to it by another one")
            : Stranger.Of(path, status, FileStatus.Self)
        );

    private static Stranger? Link(string path, FileStatus status) =>
        status.IsLink ? new(path, $"is a symbolic link of {Accounts.User(status.Owner)}") : null;

    private static void Refuse(string what, string path, Stranger? stranger, string cure)
    {
        if (stranger is { } found)
            throw Refusal(what, path, found, cure);
    }

    private static BridgeNetException Refusal(string what, string path, Stranger stranger, string cure) =>
        new(
            ErrorIds.StateUnusable,
            ProblemCategory.SecurityError,
            $"The {what} {path} is not trusted, for {(stranger.Path == path ? "it" : stranger.Path)} {stranger.Reason}. {cure}.",
            path
        );
}
