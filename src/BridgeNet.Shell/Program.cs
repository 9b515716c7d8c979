using BridgeNet.Shell;

const string Usage = """
    BridgeNet.Shell [-Sandbox] [SCRIPT.ps1 [ARGUMENT...] | -Command TEXT | any other arguments of pwsh]

    Starts pwsh with the BridgeNet module available: a script, a command, or a prompt.

      -Sandbox   in private network and mount namespaces, as root or not: it cannot change this machine's network,
                 and its objects end with it
    """;

if (args is ["-?" or "-h" or "--help" or "-Help" or "-help"])
{
    Console.WriteLine(Usage);
    return 0;
}
bool sandboxed = args is [var first, ..] && first.Equals("-Sandbox", StringComparison.OrdinalIgnoreCase);
try
{
    string[] pwsh =
        RestoredPowerShell.Command()
        ?? throw new LaunchException(
            $"PowerShell {RestoredPowerShell.Version} is in none of {string.Join(", ", RestoredPowerShell.PackageRoots)}: "
                + "run 'dotnet restore' as the user who starts this."
        );
    string[] command = [.. sandboxed ? Sandbox.Enter() : [], .. pwsh, .. sandboxed ? args[1..] : args];
    // The module is found by its name and not imported, so jobs have it too.
    string modules = Path.Combine(AppContext.BaseDirectory, "Modules");
    Dictionary<string, string?> changes = new()
    {
        ["PSModulePath"] = Environment.GetEnvironmentVariable("PSModulePath") is { Length: > 0 } others ? $"{modules}:{others}" : modules,
    };
    foreach ((string name, string value) in RestoredPowerShell.Variables)
        changes[name] = value;
    if (sandboxed)
        changes["BRIDGENET_STATE"] = null;
    // pwsh colours tables and errors even in a file or a pipe.
    if (Console.IsOutputRedirected || Console.IsErrorRedirected)
        changes["NO_COLOR"] = "1";
    throw ProcessImage.Replace(command, changes);
}
catch (LaunchException failure)
{
    Console.Error.WriteLine($"BridgeNet.Shell: {failure.Message}");
    return 1;
}
