using System.Diagnostics;

namespace BridgeNet.TestKit;

/// <summary>What a process left.</summary>
/// <param name="Code">Its exit code; 128 and the signal for one that was killed.</param>
/// <param name="Text">What it wrote to its standard output.</param>
/// <param name="Error">What it wrote to its standard error.</param>
public sealed record ProcessOutput(int Code, string Text, string Error)
{
    /// <summary>Starts a program and waits for its end.</summary>
    /// <param name="start">How it is started; all its streams are redirected.</param>
    /// <param name="input">All that it can read.</param>
    public static ProcessOutput Of(ProcessStartInfo start, string input = "")
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        // Both at once: a full pipe would stop it.
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.Result);
    }

    /// <inheritdoc cref="Of(ProcessStartInfo, string)"/>
    /// <param name="command">The program and its arguments.</param>
    public static ProcessOutput Of(params string[] command) => Of(new ProcessStartInfo(command[0], command[1..]));
}
