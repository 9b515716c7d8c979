using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>
/// Runs a program inside a container, as <c>docker exec</c> does: its output lines go into the pipeline, its exit code into
/// <c>$LASTEXITCODE</c>.
/// </summary>
/// <remarks>
/// Arguments are passed as a list, without a shell. Lines on stderr become non-terminating errors, unless -ErrorAction Stop is
/// given. Standard input is empty. Ctrl+C ends the program. PowerShell reads options such as -v and -n as its own, short for -Verbose and
/// -Name;
/// after -- it passes all of them to the program.
/// </remarks>
/// <example><code>Invoke-BridgeContainer c1 ip addr</code>Shows the interfaces inside.</example>
/// <example><code>Invoke-BridgeContainer c1 sh -c 'exit 3'; $LASTEXITCODE</code>Shows the exit code, 3.</example>
/// <example><code>Invoke-BridgeContainer c1 -- ip -d -n x link</code>Passes options that PowerShell would read as its own.</example>
[Cmdlet(VerbsLifecycle.Invoke, "BridgeContainer")]
[OutputType(typeof(string))]
public sealed class InvokeBridgeContainerCommand : BridgeNetCmdlet
{
    // No aliases here: PowerShell would match every prefix of an alias against the program's own options, such as -c.
    /// <summary>
    /// The containers, one after the other: names with wildcards, ids, prefixes of ids, or objects; for a network, its containers.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public PSObject[] Name { get; set; } = [];

    /// <summary>The program: a path or a name in PATH; no shell is used.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public string Program { get; set; } = "";

    /// <summary>Its arguments, passed unchanged.</summary>
    [Parameter(Position = 2, ValueFromRemainingArguments = true)]
    public string[] ArgumentList { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        ForEach(
            Name,
            Lookup.RelatedContainers,
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

    // Output on stderr is no failure: as with any program that PowerShell starts, $ErrorActionPreference
    // does not stop at it, but a typed -ErrorAction does.
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
