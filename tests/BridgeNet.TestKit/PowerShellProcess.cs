using System.Diagnostics;
using BridgeNet.Shell;

namespace BridgeNet.TestKit;

/// <summary>How the <c>pwsh</c> that the restore brought is started: without colours or profiles, its streams redirected.</summary>
public static class PowerShellProcess
{
    /// <summary>The program and its first arguments.</summary>
    /// <exception cref="FileNotFoundException">It is not restored.</exception>
    public static string[] Command =>
        RestoredPowerShell.Command() ?? throw new FileNotFoundException($"PowerShell {RestoredPowerShell.Version} is not restored.");

    /// <summary>In the namespaces of this process, with its environment.</summary>
    public static ProcessStartInfo Here(params string[] arguments) => Describe([], arguments);

    /// <summary>In a sandbox, see <see cref="Unshare.Sandbox"/>, with a state of its own in its own <c>/run</c>.</summary>
    public static ProcessStartInfo InSandbox(params string[] arguments)
    {
        ProcessStartInfo start = Describe(Unshare.Sandbox, arguments);
        start.Environment.Remove("BRIDGENET_STATE");
        start.Environment.Remove("XDG_RUNTIME_DIR");
        return start;
    }

    private static ProcessStartInfo Describe(string[] before, string[] arguments)
    {
        string[] command = [.. before, .. Command, "-NoProfile", "-NonInteractive", .. arguments];
        ProcessStartInfo start = new(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in RestoredPowerShell.Variables)
            start.Environment[name] = value;
        start.Environment["NO_COLOR"] = "1";
        return start;
    }
}
