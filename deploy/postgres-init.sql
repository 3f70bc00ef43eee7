-- One database per service: no service can read another's.
CREATE DATABASE assessment;
CREATE DATABASE reporting;
