using System.Text;
using BridgeNet.Native;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>
/// A <c>/usr/sbin</c> of the calling thread's own, which must have a mount namespace of its own: the machine's programs by links,
/// of which some can be taken away or be another program.
/// </summary>
internal sealed class PrivatePrograms : IDisposable
{
    private const string Folder = "/usr/sbin",
        Real = "/run/programs";

    public PrivatePrograms()
    {
        Assert.SkipUnless(UserNamespace.IsRealRoot, "needs root of the machine, whose programs it hides");
        Directory.CreateDirectory(Real);
        Syscalls.BindMount(Folder, Real);
        PrivateMounts.MountDisk(Folder, 1 << 20);
        File.SetUnixFileMode(Folder, (UnixFileMode)0b111_101_101);
        foreach (string program in Directory.EnumerateFileSystemEntries(Real))
            File.CreateSymbolicLink(Path.Combine(Folder, Path.GetFileName(program)), program);
    }

    /// <summary>Takes programs away.</summary>
    public static void Hide(params string[] names)
    {
        foreach (string name in names)
            File.Delete(Path.Combine(Folder, name));
    }

    /// <summary>Puts a shell script in the place of a program, and gives its path.</summary>
    public static string Replace(string name, string script)
    {
        string path = Path.Combine(Folder, name);
        File.Delete(path);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n", new UTF8Encoding(false));
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }

    /// <summary>Lets one name start another of the machine's programs.</summary>
    public static void Link(string name, string program)
    {
        File.Delete(Path.Combine(Folder, name));
        File.CreateSymbolicLink(Path.Combine(Folder, name), Path.Combine(Real, program));
    }

    public void Dispose()
    {
        Syscalls.UnmountDetach(Folder);
        Syscalls.UnmountDetach(Real);
        Directory.Delete(Real);
    }
}
