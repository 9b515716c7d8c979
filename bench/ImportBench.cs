using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace BridgeNet.Bench;

/// <summary>What the module adds to the start of a shell: fresh processes, with it and without.</summary>
internal static class ImportBench
{
    private const int Runs = 15;

    public static void Measure(Report report)
    {
        Sample bare = new(),
            empty = new(),
            emptyImport = new(),
            imported = new(),
            import = new(),
            added = new(),
            first = new(),
            shell = new();
        string real = Repository.Program("src/BridgeNet.Shell");
        using TemporaryDirectory directory = new();
        string nothing = directory.File("Nothing.psd1");
        File.WriteAllText(nothing, "@{ ModuleVersion = '0.1.0' }");
        for (int run = -2; run < Runs; run++)
        {
            if (run == 0)
                Array.ForEach([bare, empty, emptyImport, imported, import, added, first, shell], static sample => sample.Clear());
            bare.Time(() => Start(Environment.ProcessPath!, "-Shell"));
            double without = Parse(empty.Time(() => Start(Environment.ProcessPath!, "-Shell", nothing)))[0];
            double[] inside = Parse(imported.Time(() => Start(Environment.ProcessPath!, "-Shell", Session.Manifest, "Get-BridgeNetwork")));
            emptyImport.Add(without);
            import.Add(inside[0]);
            added.Add(inside[0] - without);
            first.Add(inside[1]);
            shell.Time(() => Start(real, "-Command", "1"));
        }
        report.Section("Import, in fresh processes");
        report.Row("a shell without a module, whole process", bare);
        report.Row("  with an empty manifest imported", empty, bare);
        report.Row("  with BridgeNet imported and one Get-BridgeNetwork", imported, bare);
        report.Row("BridgeNet.Shell -Command 1, whole process", shell, bare);
        report.Row("Import-Module alone, of an empty manifest", emptyImport);
        report.Row("Import-Module alone, of BridgeNet", import, emptyImport);
        report.Row("  what BridgeNet adds: the difference", added, null, new Target(Milliseconds: 60));
        report.Row("the first Get-BridgeNetwork after it", first);
    }

    /// <summary>The shell that is measured; prints how long the import and the first command took.</summary>
    /// <param name="words">A manifest and a command to follow it; neither imports nothing.</param>
    public static int Child(string[] words)
    {
        using Runspace runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
        using PowerShell shell = PowerShell.Create(runspace);
        // All run one command before, so that only the module makes the difference.
        Run(shell, "1");
        foreach (string script in words.Select(static (word, index) => index == 0 ? $"Import-Module '{word}'" : word))
        {
            Sample time = new();
            time.Time(() => Run(shell, script));
            Console.WriteLine(time.Median.ToString(CultureInfo.InvariantCulture));
        }
        return 0;
    }

    private static double[] Parse(string output) =>
        [
            .. output
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(static line => double.Parse(line, CultureInfo.InvariantCulture)),
        ];

    private static void Run(PowerShell shell, string script)
    {
        shell.Commands.Clear();
        shell.AddScript(script).Invoke();
        if (shell.Streams.Error is [var error, ..])
            throw new InvalidOperationException(error.ToString());
    }

    private static string Start(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
    }
}
