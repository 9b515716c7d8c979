using System.ComponentModel;
using System.Diagnostics;
using BridgeNet.Model;
using BridgeNet.Native;

namespace BridgeNet.Firewall;

/// <summary>
/// Runs the programs of iptables with an argument list, never through a shell, and with a safe environment. A child process starts in the
/// namespace of the thread that starts it. A program that hangs is killed.
/// </summary>
internal static class IptablesProgram
{
    /// <summary>The default timeout of a program; ten thousand rules take it seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string[] s_needed = ["iptables-restore", "iptables-save", "ip6tables-restore", "ip6tables-save"];

    /// <summary>Whether iptables is installed, at least in part: then rules are only created with it.</summary>
    public static bool IsInstalled => s_needed.Any(Has);

    /// <summary>Whether one of its programs is installed.</summary>
    public static bool Has(string name) => SystemProgram.Find(name) is not null;

    /// <summary>Runs a program and waits for its end.</summary>
    /// <exception cref="BridgeNetException">FirewallFailed: the program is missing, or timed out.</exception>
    public static (int Code, string Output, string Error) Run(string name, string input, params IReadOnlyList<string> arguments) =>
        Run(name, input, Patience, arguments);

    /// <inheritdoc cref="Run(string, string, IReadOnlyList{string})"/>
    public static (int Code, string Output, string Error) Run(string name, string input, TimeSpan patience, IReadOnlyList<string> arguments)
    {
        using Process process = Start(SystemProgram.Find(name, out string why) ?? throw Failed($"{name} {why}."), name, arguments);
        KernelTrace.Sent(name, input);
        string output = "",
            error = "";
        // A full pipe blocks its writer, so all three pipes are served concurrently, by threads in the namespaces of this one.
        Thread[] pipes =
        [
            Serve(() => Write(process.StandardInput, input)),
            Serve(() => output = process.StandardOutput.ReadToEnd()),
            Serve(() => error = process.StandardError.ReadToEnd()),
        ];
        long end = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        if (process.WaitForExit(patience) && pipes.All(pipe => pipe.Join((int)Math.Max(1000, end - Environment.TickCount64))))
            return (process.ExitCode, output, error.Trim());
        process.Kill();
        throw Failed($"{name} did not end within {patience.TotalSeconds:0} s and was stopped.");
    }

    private static Process Start(string path, string name, IReadOnlyList<string> arguments)
    {
        ProcessStartInfo start = new(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        foreach ((string variable, string value) in SystemProgram.Environment)
            start.Environment[variable] = value;
        try
        {
#pragma warning disable RS0030 // an absolute path that only root can change
            return Process.Start(start)!;
#pragma warning restore RS0030
        }
        catch (Win32Exception failure)
        {
            throw Failed($"{name} could not be started: {failure.Message.TrimEnd('.')}.");
        }
    }

    private static Thread Serve(Action pipe)
    {
#pragma warning disable RS0030 // it waits for a pipe, and enters no namespace
        Thread thread = new(() =>
#pragma warning restore RS0030
        {
            try
            {
                pipe();
            }
            catch (Exception failure) when (failure is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // The program closed its input. Its exit code and messages show why.
            }
        })
        {
            IsBackground = true,
            Name = nameof(IptablesProgram),
        };
        thread.Start();
        return thread;
    }

    private static void Write(StreamWriter standardInput, string input)
    {
        using (standardInput)
            standardInput.Write(input);
    }

    private static BridgeNetException Failed(string sentence) =>
        new(
            ErrorIds.FirewallFailed,
            ProblemCategory.ResourceUnavailable,
            $"{sentence} Without it, rules can be neither written nor read: install the complete iptables package, or set BRIDGENET_FIREWALL=nftables to use nf_tables instead."
        );
}
