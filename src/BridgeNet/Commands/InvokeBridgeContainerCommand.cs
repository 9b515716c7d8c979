using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Runs a program inside a container, as <c>docker exec</c> does: its lines go into the pipeline, its exit code into <c>$LASTEXITCODE</c>.</summary>
/// <remarks>
/// Arguments are passed on as a list. What the program writes to stderr comes as errors that do not end anything, unless -ErrorAction Stop is
/// given. Its standard input is empty. Ctrl+C ends it. PowerShell takes options such as -v and -n for its own, short for -Verbose and -Name;
/// after -- it takes none.
/// </remarks>
/// <example><code>Invoke-BridgeContainer c1 ip addr</code>Shows the interfaces inside.</example>
/// <example><code>Invoke-BridgeContainer c1 sh -c 'exit 3'; $LASTEXITCODE</code>Shows the exit code, 3.</example>
/// <example><code>Invoke-BridgeContainer c1 -- ip -d -n x link</code>Passes on options that PowerShell would take for its own.</example>
[Cmdlet(VerbsLifecycle.Invoke, "BridgeContainer")]
[OutputType(typeof(string))]
public sealed class InvokeBridgeContainerCommand : BridgeNetCmdlet
{
    // No aliases here: PowerShell takes every beginning of one from the program's own options, such as -c.
    /// <summary>The containers, one after the other: names with wildcards, ids, prefixes of ids, or objects; of a network, those on it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public PSObject[] Name { get; set; } = [];

    /// <summary>The program; found in PATH, never through a shell.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public string Program { get; set; } = "";

    /// <summary>Its arguments, each passed on as it is.</summary>
    [Parameter(Position = 2, ValueFromRemainingArguments = true)]
    public string[] ArgumentList { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        ForEach(
            Name,
            given => Lookup.RelatedContainers(given),
            container =>
            {
                int code = Engine.Run(
                    container.Id,
                    Program,
                    ArgumentList,
                    SessionState.Path.CurrentFileSystemLocation.ProviderPath,
                    line => WriteObject(line),
                    WriteErrorLine,
                    Cancellation
                );
                SessionState.PSVariable.Set("global:LASTEXITCODE", code);
            }
        );

    // What a program writes to stderr is no failure: as with any program that PowerShell starts, $ErrorActionPreference
    // does not stop at it. An -ErrorAction that was typed does.
    private void WriteErrorLine(string line)
    {
        ErrorRecord record = new(new InvalidOperationException(line), ErrorIds.ProgramError, ErrorCategory.FromStdErr, Program);
        PSVariable? preference = MyInvocation.BoundParameters.ContainsKey("ErrorAction")
            ? null
            : SessionState.PSVariable.Get("ErrorActionPreference");
        object? preferred = preference?.Value;
        if (
            preference is null
            || !LanguagePrimitives.TryConvertTo(preferred, out ActionPreference action)
            || action != ActionPreference.Stop
        )
        {
            WriteError(record);
            return;
        }
        try
        {
            preference.Value = ActionPreference.Continue;
            WriteError(record);
        }
        finally
        {
            preference.Value = preferred;
        }
    }
}
