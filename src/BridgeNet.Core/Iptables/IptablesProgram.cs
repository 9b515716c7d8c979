using System.Diagnostics;

namespace BridgeNet.Iptables;

/// <summary>Runs iptables' programs; with an argument list, never through a shell. A child is born in the namespace of the thread that starts it.</summary>
internal static class IptablesProgram
{
    private static readonly string[] s_directories = ["/usr/sbin", "/sbin", .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')];

    /// <summary>Where a program is; null when it is not installed.</summary>
    public static string? Find(string name) => s_directories.Where(directory => directory.Length > 0)
        .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);

    public static (int Code, string Output, string Error) Run(string name, string input, params IReadOnlyList<string> arguments)
    {
        ProcessStartInfo start = new(Find(name) ?? name, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{name} did not start");
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        // Both are short; the pipe holds all of one while the other is read.
        string output = process.StandardOutput.ReadToEnd(), error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Trim());
    }
}
