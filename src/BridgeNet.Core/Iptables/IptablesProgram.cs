using System.Diagnostics;
using BridgeNet.Native;

namespace BridgeNet.Iptables;

/// <summary>Runs iptables' programs, with an argument list, never through a shell. A child is born in the namespace of the thread that starts it.</summary>
internal static class IptablesProgram
{
    /// <summary>Whether iptables is installed, with the program that changes many rules at once.</summary>
    public static bool IsInstalled => Has("iptables-restore");

    /// <summary>Whether a program of it is there.</summary>
    public static bool Has(string name) => ProgramPath.Find(name) is not null;

    /// <summary>Runs a program to its end.</summary>
    public static (int Code, string Output, string Error) Run(string name, string input, params IReadOnlyList<string> arguments)
    {
        ProcessStartInfo start = new(ProgramPath.Find(name) ?? name, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{name} did not start");
        KernelTrace.Sent(name, input);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        // A program that prints much prints no errors, and the other way round: the pipe holds all of one while the other is read.
        string output = process.StandardOutput.ReadToEnd(), error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Trim());
    }
}
