using System.Reflection;
using System.Runtime.InteropServices;

namespace BridgeNet.Shell;

/// <summary>The restored pwsh, and its command line.</summary>
internal static partial class RestoredPowerShell
{
    private const int Executable = 1;

    /// <summary>Its version, from Directory.Packages.props.</summary>
    public static string Version { get; } = Metadata("PowerShellVersion");

    /// <summary>The possible package folders: that of the build, and the user's own if they cannot read that one.</summary>
    public static string[] PackageRoots { get; } =
    [
        .. new[]
        {
            Metadata("NuGetPackageRoot"),
            Environment.GetEnvironmentVariable("NUGET_PACKAGES"),
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages"),
        }
            .OfType<string>()
            .Where(Path.IsPathRooted), // never relative to the current directory
    ];

    /// <summary>The folder of dotnet: three above that of the runtime, shared/Microsoft.NETCore.App/VERSION.</summary>
    public static string DotnetRoot { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));

    /// <summary>The program and its first arguments; null if no package folder has it.</summary>
    public static string[]? Command()
    {
        if (PackageRoots.Select(Home).FirstOrDefault(static home => File.Exists(Path.Combine(home, "pwsh.dll"))) is not { } found)
            return null;
        // NuGet lets only the owner of the package folder execute files.
        string program = Path.Combine(found, "pwsh");
        return Access(program, Executable) == 0 ? [program] : [Path.Combine(DotnetRoot, "dotnet"), Path.Combine(found, "pwsh.dll")];
    }

    /// <summary>
    /// Its environment variables: the path of .NET, for it and for every pwsh that it starts; no telemetry, no update check.
    /// </summary>
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
