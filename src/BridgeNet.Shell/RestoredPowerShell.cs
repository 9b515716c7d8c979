using System.Reflection;
using System.Runtime.InteropServices;

namespace BridgeNet.Shell;

/// <summary>The pwsh that the restore brought, and how it is started.</summary>
internal static partial class RestoredPowerShell
{
    private const int Executable = 1;

    /// <summary>Its version, which Directory.Packages.props names.</summary>
    public static string Version { get; } = Metadata("PowerShellVersion");

    /// <summary>The package folders it may lie in: that of the build, and this user's own if they cannot read that one.</summary>
    public static string[] PackageRoots { get; } =
    [
        .. new[]
        {
            Metadata("NuGetPackageRoot"),
            Environment.GetEnvironmentVariable("NUGET_PACKAGES"),
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages"),
        }
            .OfType<string>()
            .Where(Path.IsPathRooted), // never below wherever this was started
    ];

    /// <summary>The folder of dotnet: three above that of the runtime, shared/Microsoft.NETCore.App/VERSION.</summary>
    public static string DotnetRoot { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));

    /// <summary>The program and its first arguments; nothing where no package folder has it.</summary>
    public static string[]? Command()
    {
        if (PackageRoots.Select(Home).FirstOrDefault(static home => File.Exists(Path.Combine(home, "pwsh.dll"))) is not { } found)
            return null;
        // NuGet lets only the owner of the package folder execute files.
        string program = Path.Combine(found, "pwsh");
        return Access(program, Executable) == 0 ? [program] : [Path.Combine(DotnetRoot, "dotnet"), Path.Combine(found, "pwsh.dll")];
    }

    /// <summary>What its environment needs: where .NET is, for it and for every pwsh that it starts; no telemetry, no check for updates.</summary>
    public static IReadOnlyDictionary<string, string> Variables { get; } =
        new Dictionary<string, string>
        {
            ["DOTNET_ROOT"] = DotnetRoot,
            ["POWERSHELL_TELEMETRY_OPTOUT"] = "1",
            ["POWERSHELL_UPDATECHECK"] = "Off",
        };

    private static string Home(string packageRoot) => Path.Combine(packageRoot, "powershell", Version, "tools/net10.0/any/unix");

    private static string Metadata(string key) =>
        typeof(RestoredPowerShell)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == key)
            .Value!;

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
