using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Makes the networks and containers of a document of Export-BridgeNetwork, with the same ids and addresses.</summary>
/// <remarks>
/// All of it is made in one change, or nothing: every reason that speaks against it is reported, such as a subnet that this machine uses or a name
/// that is taken. Containers with a foreign namespace are left out with a warning where it is not there.
/// </remarks>
/// <example><code>Get-Content lab.json | Import-BridgeNetwork</code>Makes what a file holds.</example>
/// <example><code>Get-Content lab.json | Import-BridgeNetwork -WhatIf</code>Lists exactly what would be done.</example>
[Cmdlet(VerbsData.Import, "BridgeNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(BridgeNetwork))]
public sealed class ImportBridgeNetworkCommand : BridgeNetCmdlet
{
    private readonly List<string> _lines = [];

    /// <summary>The document, whole or in lines.</summary>
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
