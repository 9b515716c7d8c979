using System.ComponentModel;
using System.Diagnostics;
using BridgeNet.Model;
using BridgeNet.Native;

namespace BridgeNet.Firewall;

/// <summary>
/// Runs iptables' programs, with an argument list, never through a shell, in an environment of ours. A child is born in the
/// namespace of the thread that starts it. Whatever it does, it ends in time: one that hangs is killed.
/// </summary>
internal static class IptablesProgram
{
    /// <summary>How long a program may take; ten thousand rules take it seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string[] s_needed = ["iptables-restore", "iptables-save", "ip6tables-restore", "ip6tables-save"];

    /// <summary>Whether iptables is installed, be it in part: rules are then made with it, or not at all.</summary>
    public static bool IsInstalled => s_needed.Any(Has);

    /// <summary>Whether a program of it is there.</summary>
    public static bool Has(string name) => SystemProgram.Find(name) is not null;

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="BridgeNetException">FirewallFailed: it is not there, or did not end in time.</exception>
    public static (int Code, string Output, string Error) Run(string name, string input, params IReadOnlyList<string> arguments) =>
        Run(name, input, Patience, arguments);

    /// <inheritdoc cref="Run(string, string, IReadOnlyList{string})"/>
    public static (int Code, string Output, string Error) Run(string name, string input, TimeSpan patience, IReadOnlyList<string> arguments)
    {
        using Process process = Start(SystemProgram.Find(name, out string why) ?? throw Failed($"{name} {why}."), name, arguments);
        KernelTrace.Sent(name, input);
        string output = "",
            error = "";
        // A pipe that is full stops its writer, so all three are served at once; by threads that live in this one's namespaces.
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
#pragma warning disable RS0030 // an absolute path that root alone can change
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
#pragma warning disable RS0030 // it waits for a pipe, and enters nothing
        Thread thread = new(() =>
#pragma warning restore RS0030
        {
            try
            {
                pipe();
            }
            catch (Exception failure) when (failure is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // Its other end is closed. Why, the program's exit code and its own words say.
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
            $"{sentence} Rules could neither be made nor read with it: install iptables whole, or set BRIDGENET_FIREWALL=nftables to go without it."
        );
}
