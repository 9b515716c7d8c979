using System.Diagnostics;

namespace BridgeNet.Module.Tests;

/// <summary>The program BridgeNet.Shell, as built with these tests.</summary>
internal static class Launcher
{
    public static string Program { get; } = Built("src/BridgeNet.Shell", "BridgeNet.Shell");

    /// <summary>A program of another project, in the configuration that this one is built in: .../bin/CONFIGURATION/FRAMEWORK/.</summary>
    public static string Built(string project, string name)
    {
        string[] folders = AppContext.BaseDirectory.TrimEnd('/').Split('/');
        return Path.Combine(PrivateShell.Root(), project, "bin", folders[^2], folders[^1], name);
    }

    public static Output Run(params string[] arguments) => Run(new ProcessStartInfo(Program, arguments));

    /// <summary>Runs to the end, with an input that is empty unless given.</summary>
    public static Output Run(ProcessStartInfo start, string input = "")
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.Result);
    }

    /// <summary>What a process left.</summary>
    public sealed record Output(int Code, string Text, string Error);
}
