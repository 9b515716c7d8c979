using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using BridgeNet.Shell;

// BridgeNet.Shell [-Sandbox] SCRIPT.ps1 [ARGUMENT...] | -Command TEXT | (nothing: a prompt)
if (args is ["-Sandbox", ..])
    return Sandbox(args[1..]);

ShellHost host = new();
InitialSessionState session = InitialSessionState.CreateDefault2();
session.ImportPSModule([Path.Combine(ModuleRoot(), "BridgeNet.psd1")]);
using Runspace runspace = RunspaceFactory.CreateRunspace(host, session);
runspace.Open();
runspace.SessionStateProxy.InvokeCommand.CommandNotFoundAction = static (_, missing) =>
{
    if (missing.CommandName is "Select-Object" or "Format-Table" or "Format-List" or "ConvertTo-Json" or "Sort-Object" or "Write-Host" or "Measure-Object")
        Console.Error.WriteLine($"{missing.CommandName} is a part of PowerShell that this small shell does not have; install pwsh for it.");
};
switch (args)
{
    case []:
        while (!host.ExitRequested && Prompt() is { } line)
            Run(line);
        break;
    case ["-Command", .. var words]:
        Run(string.Join(' ', words));
        break;
    case [var script, .. var rest]:
        Run($"& {Quote(Path.GetFullPath(script))} {string.Join(' ', rest.Select(Quote))}");
        break;
}
return host.ExitCode;

static string? Prompt()
{
    Console.Write("BridgeNet> ");
    return Console.ReadLine();
}

static string Quote(string text) => $"'{text.Replace("'", "''")}'";

void Run(string text)
{
    using PowerShell shell = PowerShell.Create(runspace);
    try
    {
        shell.AddScript(text).AddCommand("Out-Default");
        shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.Invoke();
    }
    catch (RuntimeException failure)
    {
        Console.Error.WriteLine($"{failure.ErrorRecord.InvocationInfo?.MyCommand?.Name ?? "error"}: {failure.Message}");
        if (!host.ExitRequested)
            host.SetShouldExit(1);
    }
}

// The repository root, or wherever the module was installed around this program.
static string ModuleRoot()
{
    for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, "BridgeNet.psd1")))
            return folder.FullName;
    }
    throw new FileNotFoundException("BridgeNet.psd1 is in no folder above this program.");
}

// The same again in network and mount namespaces of its own; util-linux is on every distribution.
static int Sandbox(string[] rest)
{
    ProcessStartInfo start = new("unshare");
    string[] user = Environment.UserName == "root" ? [] : ["--user", "--map-root-user"];
    foreach (string word in (string[])[.. user, "--net", "--mount", Environment.ProcessPath!, .. rest])
        start.ArgumentList.Add(word);
    using Process process = Process.Start(start)!;
    process.WaitForExit();
    return process.ExitCode;
}
