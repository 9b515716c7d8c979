using System.Diagnostics;

namespace BridgeNet.Pester.Tests;

/// <summary>A pwsh in namespaces of its own that runs PesterFile.ps1, and the lines it writes.</summary>
internal static class PesterProcess
{
    // A program left behind may hold the output open; what was printed until now is enough.
    private static readonly TimeSpan s_outputTime = TimeSpan.FromSeconds(1);

    /// <summary>Runs a file. Results come as their tests end; one more says so if the file as a whole failed.</summary>
    public static async Task RunAsync(PesterFile file, TimeSpan timeout, Func<PesterResult, Task> report, CancellationToken stop)
    {
        bool ended = false,
            any = false;
        string? failure = await StartAsync(
            file,
            ["-Path", file.Path],
            async result =>
            {
                ended |= result.Kind == "end";
                any |= result.Kind != "end";
                if (result.Kind != "end")
                    await report(result);
            },
            timeout,
            stop
        );
        if (failure is null && !ended)
            failure = "ended before its tests did, with exit code 0";
        if (failure is null && !any)
            failure = "has no tests";
        if (failure is not null)
            await report(PesterResult.OfFile(file, $"{file.Name} {failure}"));
    }

    /// <summary>Lists the tests of many files, by one process.</summary>
    public static Task<string?> ListAsync(
        IReadOnlyList<PesterFile> files,
        TimeSpan timeout,
        Func<PesterResult, Task> report,
        CancellationToken stop
    ) => StartAsync(files[0], ["-List", "-Path", string.Join('\n', files.Select(static file => file.Path))], report, timeout, stop);

    /// <summary>Nothing, or why it ended as it should not have, with the last that it printed.</summary>
    private static async Task<string?> StartAsync(
        PesterFile file,
        string[] arguments,
        Func<PesterResult, Task> report,
        TimeSpan timeout,
        CancellationToken stop
    )
    {
        using ResultFile results = new();
        LastLines output = new();
        using Process process = new() { StartInfo = Describe(file, results, arguments), EnableRaisingEvents = true };
        TaskCompletionSource exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
        process.Exited += (_, _) => exited.SetResult();
        process.OutputDataReceived += (_, line) => output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => output.Add(line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(timeout);
        bool late = false;
        Task exit = exited.Task;
        while (!exit.IsCompleted)
        {
            await Task.WhenAny(exit, Task.Delay(100, CancellationToken.None));
            await results.ReadAsync(report);
            if (limit.IsCancellationRequested && !late)
            {
                late = true;
                process.Kill(entireProcessTree: true);
            }
        }
        await results.ReadAsync(report);
        stop.ThrowIfCancellationRequested();
        if (!late && process.ExitCode == 0)
            return null;
        await Task.WhenAny(output.Complete, Task.Delay(s_outputTime, CancellationToken.None));
        string how = late ? $"took longer than {timeout.TotalSeconds} s" : $"ended with exit code {process.ExitCode}";
        return $"{how}; its last output:\n{output}";
    }

    private static ProcessStartInfo Describe(PesterFile file, ResultFile results, string[] arguments)
    {
        ProcessStartInfo start = PowerShellProcess.InSandbox([
            "-File",
            Path.Combine(AppContext.BaseDirectory, "PesterFile.ps1"),
            "-Pester",
            RestoredPackage.Find("Pester", file.PesterVersion, "tools/Pester.psd1"),
            "-Results",
            results.Path,
            .. arguments,
        ]);
        start.Environment["BRIDGENET_FIREWALL"] = file.Firewall;
        return start;
    }
}
