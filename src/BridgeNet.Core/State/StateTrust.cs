using BridgeNet.Model;
using BridgeNet.Native;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace BridgeNet.State;

/// <summary>
/// Checks the owners of the state: a user who could change or replace it would control root's network. The state, its files and its journal
/// must belong to root or to the current user, and so must every directory on the path. Other files are refused, with the users who could
/// write to them; nothing is repaired silently.
/// </summary>
internal static class StateTrust
{
    private const ushort OwnerDirectory = 0b111_000_000; // 0700

    private const string Cure =
        "Check it, then make yourself or root its only owner and writer (chown, chmod go-w), or set BRIDGENET_STATE to a directory of your own";

    /// <summary>Creates a state directory, and its missing parents, for the owner alone. An existing directory stays unchanged.</summary>
    /// <exception cref="BridgeNetException">StateUnusable, a SecurityError: another user could redirect the path.</exception>
    public static void Create(string directory)
    {
        Refuse("state", directory, UntrustedOwner.OnPath(directory, FileStatus.Self), Cure);
        DirectoryFiles.CreateAll(directory, OwnerDirectory);
    }

    /// <summary>Accepts a directory that no other user can change or replace, and one that does not exist.</summary>
    /// <exception cref="BridgeNetException">StateUnusable, a SecurityError.</exception>
    public static void RequireDirectory(string path)
    {
        UntrustedOwner? untrusted = UntrustedOwner.OnPath(path, FileStatus.Self);
        if (untrusted is null && FileStatus.Of(path) is { } status)
            untrusted = Link(path, status) ?? UntrustedOwner.Of(path, status, FileStatus.Self);
        Refuse("state", path, untrusted, Cure);
    }

    /// <summary>Accepts a file that no other user can change, in an accepted directory, and a file that does not exist.</summary>
    /// <exception cref="BridgeNetException">StateUnusable, a SecurityError.</exception>
    public static void RequireFile(string path)
    {
        if (FileStatus.Of(path) is { } status)
            Refuse("state", path, OfFile(path, status), Cure);
    }

    /// <summary>
    /// Opens a journal entry for reading, in an accepted directory. The open file is checked, regardless of what its name leads to now.
    /// </summary>
    /// <exception cref="BridgeNetException">
    /// StateUnusable, a SecurityError: the entry may be from another user, so it is not executed.
    /// </exception>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    public static FileStream OpenJournal(string path)
    {
        SafeFileHandle file = OpenToRead(path);
        try
        {
            Refuse("journal", path, OfFile(path, FileStatus.Of(file)), "It was not applied. Check it, then delete it and repair");
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
            throw Refusal("journal", path, new(path, "is a symbolic link"), "It was not applied. Check it, then delete it");
        }
    }

    private static UntrustedOwner? OfFile(string path, FileStatus status) =>
        Link(path, status)
        ?? (
            !status.IsRegular ? new(path, "is not a regular file")
            : status.Names > 1 ? new(path, $"has {status.Names} names (hard links), and another user may write to it by one of them")
            : UntrustedOwner.Of(path, status, FileStatus.Self)
        );

    private static UntrustedOwner? Link(string path, FileStatus status) =>
        status.IsLink ? new(path, $"is a symbolic link of {Accounts.User(status.Owner)}") : null;

    private static void Refuse(string what, string path, UntrustedOwner? untrusted, string cure)
    {
        if (untrusted is { } found)
            throw Refusal(what, path, found, cure);
    }

    private static BridgeNetException Refusal(string what, string path, UntrustedOwner untrusted, string cure) =>
        new(
            ErrorIds.StateUnusable,
            ProblemCategory.SecurityError,
            $"The {what} {path} is not trusted: {(untrusted.Path == path ? "it" : untrusted.Path)} {untrusted.Reason}. {cure}.",
            path
        );
}
