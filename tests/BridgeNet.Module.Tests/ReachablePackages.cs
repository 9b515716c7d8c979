using System.Diagnostics;

namespace BridgeNet.Module.Tests;

/// <summary>
/// A package folder with pwsh in it that every user can read, and nobody but its owner can execute: NuGet leaves it so. That of the
/// tests lies below root's home, which is closed.
/// </summary>
public sealed class ReachablePackages : IDisposable
{
    public ReachablePackages()
    {
        Folder = Directory.CreateTempSubdirectory("bridgenet-packages-").FullName;
        string home = Launcher.Run("-NoProfile", "-Command", "$PSHOME").Text.Trim();
        string tools = Path.GetDirectoryName(home)!;
        string version = Path.GetFileName(Path.GetFullPath(Path.Combine(tools, "../../..")));
        string copy = Path.Combine(Folder, "powershell", version, "tools/net10.0/any");
        Directory.CreateDirectory(copy);
        using (Process process = Process.Start("cp", ["-R", home, copy]))
            process.WaitForExit();
        File.SetUnixFileMode(Folder, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(Path.Combine(copy, "unix/pwsh"), (UnixFileMode)0b111_100_100);
    }

    /// <summary>For NUGET_PACKAGES.</summary>
    public string Folder { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
