#!/usr/bin/env pwsh
<#
.SYNOPSIS
Builds, tests and packages the module.
.PARAMETER Task
Build fills bin/, so that Import-Module ./BridgeNet.psd1 works. Test runs all tests. Package makes
artifacts/BridgeNet/<version>, for linux-x64 and linux-arm64, to be copied to a folder of PSModulePath. Clean takes all of it away.
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Package', 'Clean')]
    [string] $Task = 'Build'
)
$ErrorActionPreference = 'Stop'
Set-Location $PSScriptRoot

function Invoke-Dotnet {
    dotnet @args
    if ($LASTEXITCODE) { throw "dotnet $args ended with $LASTEXITCODE" }
}

switch ($Task) {
    'Build' { Invoke-Dotnet build src/BridgeNet }
    'Test' { Invoke-Dotnet test }
    'Package' {
        $version = (Import-PowerShellDataFile BridgeNet.psd1).ModuleVersion
        $folder = Join-Path artifacts BridgeNet $version
        if (Test-Path $folder) { Remove-Item -Recurse $folder }
        # A portable publish: bin/runtimes holds the libraries of every architecture, and deps.json says which is whose.
        Invoke-Dotnet publish src/BridgeNet --configuration Release --output (Join-Path $folder bin)
        Get-ChildItem (Join-Path $folder bin runtimes) | Where-Object Name -NotIn linux-x64, linux-arm64, linux | Remove-Item -Recurse
        Copy-Item BridgeNet.psd1, BridgeNet.Format.ps1xml, README.md, LICENSE $folder
        "Made $folder"
    }
    'Clean' { Remove-Item -Recurse -Force -ErrorAction Ignore bin, artifacts, src/*/obj, src/*/bin, tests/*/obj, tests/*/bin }
}
