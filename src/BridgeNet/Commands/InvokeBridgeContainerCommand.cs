using System.Management.Automation;
using BridgeNet.Completion;

namespace BridgeNet.Commands;

/// <summary>Runs a program inside a container, as <c>docker exec</c> does: its lines go into the pipeline, its exit code into <c>$LASTEXITCODE</c>.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "BridgeContainer")]
[OutputType(typeof(string))]
public sealed class InvokeBridgeContainerCommand : BridgeNetCmdlet
{
    /// <summary>Name or id of the container.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The program; found in PATH, never through a shell.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public string Program { get; set; } = "";

    /// <summary>Its arguments, each passed on as it is.</summary>
    [Parameter(Position = 2, ValueFromRemainingArguments = true)]
    public string[] ArgumentList { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Name, () =>
    {
        int code = Engine.Run(Name, Program, ArgumentList, line => WriteObject(line), line => WriteError(new ErrorRecord(
            new InvalidOperationException(line), "ProgramError", ErrorCategory.FromStdErr, Program)), Cancellation);
        SessionState.PSVariable.Set("global:LASTEXITCODE", code);
    });
}
