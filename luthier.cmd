@echo off
rem Finds a JDK 25 or newer and runs app\launch\Launch.java, which does what the shell script luthier does.
setlocal EnableExtensions
set "jdk="
call :try "%LUTHIER_JDK%"
call :try "%JAVA_HOME%"
call :try "%JAVA25_HOME%"
for /d %%d in ("%ProgramFiles%\Eclipse Adoptium\jdk-*" "%ProgramFiles%\Java\jdk-*" "%ProgramFiles%\Microsoft\jdk-*" "%USERPROFILE%\.jdks\*") do call :try "%%~d"
for /f "delims=" %%j in ('where javac 2^>nul') do call :try "%%~dpj.."
if not defined jdk (
    echo luthier: needs a JDK 25 or newer; install one ^(for example temurin-25-jdk^) or set LUTHIER_JDK or JAVA_HOME to it 1>&2
    exit /b 2
)
"%jdk%\bin\java" "%~dp0app\launch\Launch.java" "%~dp0." %*
exit /b %ERRORLEVEL%

:try
if defined jdk exit /b
if "%~1"=="" exit /b
if not exist "%~1\bin\javac.exe" exit /b
if not exist "%~1\release" exit /b
set "version="
for /f "tokens=2 delims==" %%v in ('findstr /b JAVA_VERSION= "%~1\release"') do set "version=%%~v"
for /f "tokens=1 delims=.+-" %%v in ("%version%") do if %%v GEQ 25 set "jdk=%~1"
exit /b
