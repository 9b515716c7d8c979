using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Creates the networks and containers of a document from Export-BridgeNetwork, with the same ids and addresses.</summary>
/// <remarks>
/// The import is one change: it creates everything or nothing. It reports every reason for a refusal, such as a subnet in use on this
/// machine or a name
/// that already exists. A container with a foreign namespace is left out, with a warning, if the namespace does not exist.
/// </remarks>
/// <example><code>Get-Content lab.json | Import-BridgeNetwork</code>Creates the networks and containers of a file.</example>
/// <example><code>Get-Content lab.json | Import-BridgeNetwork -WhatIf</code>Lists the steps without running them.</example>
[Cmdlet(VerbsData.Import, "BridgeNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(BridgeNetwork))]
public sealed class ImportBridgeNetworkCommand : BridgeNetCmdlet
{
    private readonly List<string> _lines = [];

    /// <summary>The document, as one text or in lines.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowEmptyString]
    public string[] Json { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() => _lines.AddRange(Json);

    /// <inheritdoc/>
    protected override void EndProcessing() =>
        Try(
            null,
            () =>
            {
                string document = string.Join('\n', _lines);
                if (
                    Confirmed(
                        "the networks and containers of the document",
                        "Import-BridgeNetwork",
                        () => Engine.DescribeImport(document, Context)
                    )
                )
                    WriteObject(Engine.Import(document, Context).Select(static network => network.ToObject()), enumerateCollection: true);
            }
        );
}
